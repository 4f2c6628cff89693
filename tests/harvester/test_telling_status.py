"""What ``enbauges status`` says of sources: the table, what needs a look, and one in full."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from rich.table import Table as RichTable

from harvester import telling
from harvester.appraisal.appraise import EXPECTED
from harvester.appraisal.health import Condition, Health, healths
from harvester.sources import Source
from store.appraisals import Appraisal, Remark
from store.outbox import Letter
from store.standing import Absence, PastRun, Saved, SourceState, StoredIssue
from store.state import State
from vocab.messages import say

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
AGENT = "EnBauges/1.0 (+contact@node.example)"
ADDRESS = "https://mairie.example/agenda.ics?q=it's&x=1"
READ = SourceState(
    "agenda", checked_at=NOW, good_at=NOW, changed_at=NOW, outcome="unchanged", records=12
)
BROKEN = SourceState(
    "agenda",
    checked_at=NOW,
    good_at=NOW - 3 * DAY,
    outcome="failed",
    reason=say("{url} does not exist ({status})", url="https://mairie.example/", status=404),
    failures=3,
    broken_since=NOW - 2 * DAY,
    records=12,
)
REFUSED = StoredIssue(
    "ics-bad-date", "error", say("no column {name}", name="titre"), "VEVENT 3, line 340", ("u3",)
)
WORD = StoredIssue(
    "unmatched-word", "notice", say("no concept is called “{value}”", value="Loto"), count=4
)
PENALTY = Remark(
    "penalty", "event-no-page", say("4 events lead to no page: −15"), say("fill it in"), NOW, 15
)
ANOMALY = Remark("anomaly", "at-night", say("3 of 3 events begin at night"), say("compare"), NOW)


def source(**more: object) -> Source:
    told = {
        "id": "agenda",
        "kind": "ics",
        "url": ADDRESS,
        "title": "Agenda de la mairie",
        "publisher": "Mairie",
    }
    return Source.model_validate({**told, **more})


def health(
    state: SourceState = READ,
    *issues: StoredIssue,
    appraisal: Appraisal | None = None,
    runs: tuple[PastRun, ...] = (),
    absences: dict[str, Absence] | None = None,
    **more: object,
) -> Health:
    odd = appraisal.of("anomaly") if appraisal else ()
    return Health(source(**more), state, NOW + DAY, issues, absences or {}, runs, appraisal, odd)


def shown(table: telling.Table, width: int) -> list[str]:
    """The table as the terminal of a person shows it, in French."""
    page = RichTable(box=None, pad_edge=False)
    for heading in table.headings:
        page.add_column(heading if isinstance(heading, str) else heading.render("fr"))
    for row in table.rows:
        page.add_row(
            *(str(cell) if isinstance(cell, str | int) else cell.render("fr") for cell in row)
        )
    text = StringIO()
    Console(file=text, width=width).print(page)
    return text.getvalue().splitlines()


def test_the_table_says_state_next_read_and_score_in_eighty_columns() -> None:
    long = source(id="bibliotheque-intercommunale")
    told = health(BROKEN, appraisal=Appraisal(NOW, 85, None, (PENALTY,)))
    lines = shown(
        telling.status_table([told, Health(long, READ, NOW, (), {}, (), None, ())], PARIS), 80
    )
    assert lines[1].split() == ["agenda", "en", "échec", "05/05", "14:00", "12", "85"]
    assert lines[2].startswith("bibliotheque-intercommunale  à jour")
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("state", "enabled", "condition"),
    [
        (SourceState("agenda"), True, "never"),
        (READ, True, "fine"),
        (READ, False, "paused"),
        (BROKEN, True, "failed"),
        (SourceState("agenda", checked_at=NOW, outcome="held"), True, "held"),
        (SourceState("agenda", checked_at=NOW, outcome="failed", gone_at=NOW), True, "gone"),
    ],
)
def test_the_state_of_a_source_is_one_word(
    state: SourceState, *, enabled: bool, condition: Condition
) -> None:
    assert health(state, enabled=enabled).condition == condition


def test_under_the_table_stands_what_is_wrong_and_where_to_read_on() -> None:
    broken = StoredIssue(EXPECTED + "fresh", "warning", say("reason"))
    told = health(BROKEN, broken, appraisal=Appraisal(NOW, 85, None, (ANOMALY,)))
    assert list(telling.attention([told], "en")) == [
        "agenda: https://mairie.example/ does not exist (404)",
        "agenda: 3 of 3 events begin at night",
        "agenda: reason",
        "all about one of them: enbauges status ID",
    ]
    assert list(telling.attention([health()], "en")) == []
    assert list(telling.attention([health(BROKEN, enabled=False)], "en")) == []


def test_one_source_is_told_in_full_and_in_order() -> None:
    runs = (PastRun(NOW, "committed", 12, 1, 2, 3, 0.51),)
    absences = {"https://node.example/id/record/agenda/a%20b": Absence(NOW, 1)}
    told = health(
        BROKEN,
        REFUSED,
        WORD,
        appraisal=Appraisal(NOW, 85, None, (PENALTY, ANOMALY)),
        runs=runs,
        absences=absences,
    )
    text = "\n".join(telling.details(told, PARIS, "en", telling.Reach("curl x", "https://f/")))
    assert text == (
        "Agenda de la mairie (agenda)\n"
        "  state: failed\n"
        "  broken since: 2026-05-02 14:00, failures in a row: 3\n"
        "  reason: https://mairie.example/ does not exist (404)\n"
        "  last read: 2026-05-04 14:00\n"
        "  last good read: 2026-05-01 14:00\n"
        "  last change: –\n"
        "  records: 12\n"
        "  next read: 2026-05-05 14:00\n"
        f"  address: {ADDRESS}\n"
        "  to see it for yourself: curl x\n"
        "  feed for its publisher (keep the address private): https://f/\n"
        "\nWhat does not look right\n"
        "  3 of 3 events begin at night (since 2026-05-04 14:00)\n"
        "    → compare\n"
        "\nLeft out, and why\n"
        "  VEVENT 3, line 340 · u3: no column titre\n"
        "\nCompleteness: 85 of 100\n"
        "  4 events lead to no page: −15\n"
        "    → fill it in\n"
        "\nWords that name no concept (kept as keywords; the publisher's own categories)\n"
        "  Loto (× 4)\n"
        "\nMissing since\n"
        "  no longer announced since 2026-05-04 14:00: a b\n"
        "\nLast reads\n"
        "  2026-05-04 14:00: committed, records: 12, new: 1, changed: 2, gone: 3, in 0.5 s"
    )


def test_a_command_asks_as_we_do_and_survives_a_shell() -> None:
    words = shlex.split(telling.command_of(health(BROKEN, REFUSED), AGENT))
    assert words[0] == "curl"
    assert words[words.index("-A") + 1] == AGENT
    assert words[-4:] == ["|", "head", "-c", "2000"]
    assert ADDRESS in words


def test_a_command_shows_the_lines_around_an_entry_that_was_left_out() -> None:
    command = telling.command_of(health(READ, WORD, REFUSED), AGENT)
    assert command.endswith("| sed -n 337,343p")
    assert telling.command_of(health(READ, url="sample:mairie"), AGENT) == ""


def test_the_json_of_a_source_is_complete() -> None:
    told = health(BROKEN, REFUSED, WORD, appraisal=Appraisal(NOW, 85, NOW, (PENALTY, ANOMALY)))
    plain = json.loads(json.dumps(telling.plain_health(told, telling.Reach("curl x"))))
    assert plain["condition"] == "failed"
    assert plain["failures"] == 3
    assert plain["broken_since"] == "2026-05-02T12:00:00+00:00"
    assert plain["due_at"] == "2026-05-05T12:00:00+00:00"
    assert plain["refused"] == 1
    assert plain["words"] == {"Loto": 4}
    assert plain["completeness"]["score"] == 85
    assert [each["code"] for each in plain["completeness"]["penalties"]] == ["event-no-page"]
    assert [each["code"] for each in plain["anomalies"]] == ["at-night"]
    assert plain["issues"][0]["where"] == "VEVENT 3, line 340"
    assert (plain["command"], plain["follow"]) == ("curl x", None)


def test_all_that_the_state_knows_is_brought_together(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    appraisal = Appraisal(NOW, 85, NOW, (PENALTY, ANOMALY))
    with State(path) as state:
        for days, records in ((5, 40), (4, 40), (3, 40), (2, 40), (1, 3)):
            run = PastRun(NOW - days * DAY, "unchanged", records)
            state.save([Saved(BROKEN, [REFUSED], {}, run, appraisal)])
    [found] = healths(path, [source()], NOW)
    assert (found.state, found.appraisal, found.refused) == (BROKEN, appraisal, (REFUSED,))
    assert [remark.code for remark in found.anomalies] == ["at-night", "drop"]
    assert found.due is not None
    assert found.due > NOW


def test_looking_at_a_new_node_writes_nothing(tmp_path: Path) -> None:
    [found] = healths(tmp_path / "state.sqlite", [source()], NOW)
    assert found.condition == "never"
    assert list(tmp_path.iterdir()) == []


def test_messages_that_are_stuck_are_told_with_the_reason() -> None:
    stuck = Letter("a", "mail", NOW, "{}", 1, NOW, say("reason"))
    assert list(telling.waiting([stuck, stuck], "en")) == [
        "messages that could not be delivered yet: 2: reason"
    ]
    assert list(telling.waiting([Letter("b", "mail", NOW, "{}", 0, NOW)], "en")) == []


def test_of_many_entries_left_out_the_first_are_told_and_the_rest_counted() -> None:
    many = tuple(StoredIssue("x", "error", say("reason"), f"line {n}") for n in range(1, 26))
    text = "\n".join(telling.details(health(READ, *many), PARIS, "en", telling.Reach()))
    assert "  line 20: reason\n  and 5 more: enbauges status agenda --json" in text
