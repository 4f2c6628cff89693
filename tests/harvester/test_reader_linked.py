"""Pages, graphs and XML: what is read, what is refused before a parser sees it, who is left out."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from harvester.readers import READERS
from harvester.records import Content, Issue, ReadError, ReadOptions, Record, Window

WINDOW = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


def read(kind: str, body: str, media: str = "", **options: Any) -> list[Record | Issue]:
    content = Content(body.encode(), media_type=media, url="https://x.example/page")
    return list(READERS[kind](content, ReadOptions(WINDOW, **options)))


def records(kind: str, body: str, **options: Any) -> list[dict[str, Any]]:
    return [one.data for one in read(kind, body, **options) if isinstance(one, Record)]


def event(**fields: Any) -> str:
    told = {"@context": "https://schema.org", "@type": "Event", "name": "Foire", **fields}
    return json.dumps(told)


@pytest.mark.parametrize(
    ("kind", "body"),
    [("xml", BOMB + "<x>&b;</x>"), ("rdf", BOMB + "<rdf:RDF/>"), ("dcat", BOMB + "<rdf:RDF/>")],
)
def test_a_document_type_is_refused_before_anything_is_parsed(kind: str, body: str) -> None:
    for head in ("", '<?xml version="1.0"?>\n', "<!-- a -->"):
        with pytest.raises(ReadError, match="document type"):
            read(kind, head + body, "application/rdf+xml")


def test_a_context_that_is_not_bundled_is_named_and_not_fetched() -> None:
    with pytest.raises(ReadError, match=r"https://away\.example/context"):
        read("rdf", event(**{"@context": "https://away.example/context"}))
    for known in ("http://schema.org", "https://schema.org/", ["https://schema.org"]):
        (found,) = records("rdf", event(**{"@context": known, "@id": "https://x.example/e"}))
        assert (found["kind"], found["name"]) == ("event", "Foire")


def test_the_same_graph_in_each_syntax_gives_the_same_record() -> None:
    turtle = (
        "@prefix s: <https://schema.org/> . <https://x.example/e> a s:Event ; s:name 'Foire' ;"
        " s:location [ a s:Place ; s:name 'Halle' ] ."
    )
    lines = (
        '<https://x.example/e> <https://schema.org/name> "Foire" .\n'
        "<https://x.example/e> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        " <https://schema.org/Event> .\n"
        "<https://x.example/e> <https://schema.org/location> _:p .\n"
        "_:p <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Place> .\n"
        '_:p <https://schema.org/name> "Halle" .\n'
    )
    place = {"@type": "Place", "name": "Halle"}
    linked = event(**{"@id": "https://x.example/e", "location": place})
    first, *others = (records("rdf", body) for body in (turtle, lines, linked))
    assert [first] * 2 == others
    assert first[0]["place"] == {"types": ["Place"], "name": "Halle"}


def test_blank_nodes_are_told_apart_by_what_is_said_of_them() -> None:
    def body(*labels: str) -> str:
        values = "".join(
            f"<https://x.example/e> <https://schema.org/offers> _:{label} .\n"
            f'_:{label} <https://schema.org/price> "{price}" .\n'
            for label, price in zip(labels, ("5", "9"), strict=True)
        )
        kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Event> .\n"
        return f"<https://x.example/e> {kind}{values}"

    assert records("rdf", body("a", "b")) == records("rdf", body("z", "y"))


def test_a_graph_that_leads_back_to_itself_ends() -> None:
    body = (
        "@prefix s: <https://schema.org/> . <a:1> a s:Event ; s:about <a:2> . <a:2> s:about <a:1> ."
    )
    (found,) = records("rdf", body)
    assert found["about"]["about"] == "a:1"


def test_a_graph_in_which_everything_leads_to_everything_is_read_in_a_moment() -> None:
    things = [f"https://x.example/{number}" for number in range(60)]
    body = "".join(
        f"<{one}> <https://schema.org/about> <{other}> .\n" for one in things for other in things
    )
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Event> .\n"
    before = time.process_time()
    found = records("rdf", body + "".join(f"<{one}> {kind}" for one in things))
    assert len(found) == len(things)
    assert time.process_time() - before < 5


def test_persons_are_no_records_and_are_left_out_of_those_of_others() -> None:
    person = {"@type": "Person", "name": "Jeanne Exemple", "email": "jeanne@perso.example"}
    page = "<html><script type='application/ld+json'>{}</script></html>"
    for body in (event(organizer=person, performer="Jeanne Exemple"), json.dumps(person)):
        for found in (read("html", page.replace("{}", body)), read("rdf", body)):
            assert "Jeanne" not in str([one.data for one in found if isinstance(one, Record)])


def test_broken_json_in_a_page_does_not_hide_the_rest_of_it() -> None:
    body = (
        "<html><script type='application/ld+json'>{broken</script>"
        "<div itemscope itemtype='http://schema.org/Event'><b itemprop='name'>Bal</b></div></html>"
    )
    assert [one["name"] for one in records("html", body)] == ["Bal"]


def test_a_page_without_data_says_so_and_json_is_no_page() -> None:
    (told,) = read("html", "<html><p>Bonjour</p></html>")
    assert isinstance(told, Issue)
    assert told.code == "no-data"
    with pytest.raises(ReadError, match="HTML"):
        read("html", event())


def test_elements_that_repeat_are_the_entries_of_xml() -> None:
    body = "<a><t>x</t><l><i k='1'><n>Un</n><n>Deux</n></i><i k='2'><n>Trois</n></i></l></a>"
    assert records("xml", body) == [{"k": "1", "n": ["Un", "Deux"]}, {"k": "2", "n": "Trois"}]
    assert records("xml", body, iterator="a/l/i", key="k") == records("xml", body)
    with pytest.raises(ReadError, match="selects nothing"):
        read("xml", body, iterator="a/l/j")
    with pytest.raises(ReadError, match="not supported"):
        read("xml", body, iterator="//i[1]")


def test_xml_that_is_cut_short_is_an_error_and_not_a_shorter_list() -> None:
    with pytest.raises(ReadError, match="cut short"):
        read("xml", "<a><i>1</i><i>2</i>")


def openagenda(*timings: dict[str, str]) -> list[Record | Issue]:
    event = {"uid": 1, "title": {"fr": "Visite"}, "timings": list(timings)}
    return read("openagenda", json.dumps({"events": [event]}))


def test_an_event_with_many_dates_is_a_series_bounded_as_a_calendar_is() -> None:
    days = [date(2026, 4, 1) + timedelta(days=number // 2) for number in range(900)]
    found = openagenda(
        *({"begin": f"{day}T{9 + number % 2:02}:00:00+02:00"} for number, day in enumerate(days))
    )
    kinds = Counter(one.data["type"] for one in found if isinstance(one, Record))
    assert kinds == {"series": 1, "occurrence": 400}
    assert [one.code for one in found if isinstance(one, Issue)] == ["too-many-dates"]


def test_a_date_that_cannot_be_read_or_ends_before_it_begins_is_mended() -> None:
    (one,) = openagenda(
        {"begin": "2026-05-01T18:00:00", "end": "2026-04-30T18:00:00"}, {"begin": "demain"}
    )
    assert isinstance(one, Record)
    assert (one.data["type"], one.data["start"]) == ("event", "2026-05-01T18:00:00+02:00")
    assert "end" not in one.data
