"""``sources.toml`` as people get it wrong: the exact line that each mistake is told by."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.sources import load
from harvester.sources.problems import ConfigError, Problem
from harvester.sources.values import Site, Source
from vocab.messages import say

KINDS = ("ics", "feed", "geojson", "gogocarto", "csv", "enbauges", "html", "sparql")

DATA = Path(__file__).parents[1] / "data" / "sources"

SITE = """\
[site]
title = "Agenda des Bauges"
base = "https://agenda.example.org/"
contact = "agenda@example.org"
territory = ["73081"]
"""

BLOCK = """\
[[source]]
id = "agenda"
kind = "ics"
url = "https://example.org/a.ics"
title = "Agenda"
publisher = "Mairie"
"""


def cases(name: str) -> list[tuple[str, str]]:
    """What is written, and what must be said of it, from ``tests/data/sources``."""
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    blocks = [block.rstrip("\n").rpartition("\n→ ") for block in text.split("\n\n")]
    return [(written, told) for written, _, told in blocks]


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a ``sources.toml`` with this content, each line without the file name."""
    path = folder / "sources.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        load(path, kinds=KINDS)
    except ConfigError as error:
        lines = [problem.render("sources.toml") for problem in error.problems]
        assert all(line.startswith("sources.toml:") for line in lines)
        return [line.removeprefix("sources.toml:") for line in lines]
    return []


def edited(line: str, text: str = SITE + BLOCK) -> str:
    """The good file, with ``line`` in place of the one that gives the same key."""
    key = line.partition("=")[0]
    kept = [line if old.startswith(key) else old for old in text.splitlines()]
    return "\n".join(kept if line in kept else [*kept, line]) + "\n"


@pytest.mark.parametrize(("line", "told"), cases("in-source"))
def test_a_mistake_in_a_source_is_told(tmp_path: Path, line: str, told: str) -> None:
    text = SITE + edited(line, BLOCK)
    assert mistakes(tmp_path, text) == [told]


@pytest.mark.parametrize(
    ("block", "line", "told"),
    [
        *((("pair", "sparql"), *case) for case in cases("in-peer")),
        *((("foyer", "html"), *case) for case in cases("in-site-of-pages")),
    ],
)
def test_a_mistake_in_what_is_asked_of_a_source_is_told(
    tmp_path: Path, block: tuple[str, str], line: str, told: str
) -> None:
    own = BLOCK.replace('"agenda"', f'"{block[0]}"').replace('"ics"', f'"{block[1]}"')
    assert mistakes(tmp_path, SITE + edited(line, own)) == [told]


def test_two_ways_of_saying_what_is_read_are_told(tmp_path: Path) -> None:
    query = 'query = "SELECT ?s WHERE { ?s ?p ?o }"\nclasses = ["schema:Event"]\n'
    (told,) = mistakes(tmp_path, SITE + BLOCK.replace('"ics"', '"sparql"') + query)
    assert told.startswith("13: source “agenda”: “query” and “classes” both say")
    both = 'pages = ["https://example.org/a"]\nsitemap = "https://example.org/b"\n'
    (told,) = mistakes(tmp_path, SITE + BLOCK.replace('"ics"', '"html"') + both)
    assert told.startswith("13: source “agenda”: “sitemap” and a list of “pages” both say")


@pytest.mark.parametrize(("line", "told"), cases("in-site"))
def test_a_mistake_in_the_site_is_told(tmp_path: Path, line: str, told: str) -> None:
    assert mistakes(tmp_path, edited(line, SITE)) == [told]


@pytest.mark.parametrize(("line", "told"), cases("in-notify"))
def test_a_mistake_about_whom_to_tell_is_told(tmp_path: Path, line: str, told: str) -> None:
    assert mistakes(tmp_path, f"{SITE}\n[notify]\n{line}\n") == [told]


def test_a_password_is_not_sent_readable_to_another_machine(tmp_path: Path) -> None:
    """A server on this very machine needs no TLS."""
    lines = (
        '[notify]\nmail_to = "agenda@example.org"\nmail_from = "agenda@example.org"\n'
        'smtp_tls = "none"\nsmtp_user = "agenda"\n'
    )
    [told] = mistakes(tmp_path, f'{SITE}\n{lines}smtp_host = "mail.example.org"\n')
    assert told.startswith("7: the password of “smtp_user” would travel readable")
    assert mistakes(tmp_path, f'{SITE}\n{lines}smtp_host = "localhost"\n') == []


def test_the_folder_of_a_time_zone_is_no_time_zone(tmp_path: Path) -> None:
    [told] = mistakes(tmp_path, edited('timezone = "Europe"', SITE))
    assert told.startswith('6: there is no time zone "Europe" — did you mean "Europe/')


@pytest.mark.parametrize(
    "tiles", ["tiles.example/{z}/{x}/{y}.png", "https://tiles.example/{z}/{x}.png", "javascript:x"]
)
def test_what_is_no_address_of_map_tiles_is_told(tmp_path: Path, tiles: str) -> None:
    [told] = mistakes(tmp_path, edited(f'tiles = "{tiles}"', SITE))
    assert "“tiles” is not the address of map tiles" in told
    assert 'write it like "https://tiles.example.org/{z}/{x}/{y}.png"' in told


def test_map_tiles_are_optional(tmp_path: Path) -> None:
    tiles = 'tiles = "https://tiles.example/{z}/{x}/{y}.png"\nattribution = "Les cartographes"'
    assert mistakes(tmp_path, edited(tiles, SITE)) == []


def test_a_control_character_is_told(tmp_path: Path) -> None:
    [told] = mistakes(tmp_path, edited('title = "A\x07"', SITE))
    assert told.startswith("2: there is an invisible control character in this line — delete")
    [told] = mistakes(tmp_path, SITE + "\n# a comment\x07\n" + BLOCK)
    assert told.startswith("7: there is an invisible control character in this line — delete")


def test_a_web_address_is_a_contact_too(tmp_path: Path) -> None:
    assert mistakes(tmp_path, edited('contact = "https://example.org/contact"', SITE)) == []


def test_a_missing_key_is_told_on_the_header_of_its_block(tmp_path: Path) -> None:
    text = '[site]\n[[source]]\nid = "agenda"\n'
    assert mistakes(tmp_path, text) == [
        '1: “title” is missing — add a line like title = "Agenda de Lescheraines"',
        '1: “base” is missing — add a line like base = "https://agenda.example.org/"',
        '1: “contact” is missing — add a line like contact = "agenda@example.org"',
        '1: “territory” is missing — add a line like territory = ["73081", "74004"]',
        '2: source “agenda”: “kind” is missing — add a line like kind = "ics"',
        (
            "2: source “agenda”: “url” is missing — "
            'add a line like url = "https://example.org/agenda.ics"'
        ),
        '2: source “agenda”: “title” is missing — add a line like title = "Agenda de Lescheraines"',
        (
            "2: source “agenda”: “publisher” is missing — "
            'add a line like publisher = "Mairie de Lescheraines"'
        ),
    ]


def test_a_mistyped_key_is_not_told_a_second_time_as_missing(tmp_path: Path) -> None:
    text = SITE + BLOCK.replace("title =", "titel =")
    assert mistakes(tmp_path, text) == [
        "10: source “agenda”: unknown key “titel” — did you mean “title”?"
    ]


def test_lines_are_right_after_a_text_on_several_lines(tmp_path: Path) -> None:
    block = BLOCK.replace('"Agenda"', '"""\n[[source]]\nid = "no"\nAgenda"""')
    text = SITE + block.replace('"Mairie"', "3")
    assert mistakes(tmp_path, text) == [
        '14: source “agenda”: “publisher” is not text: 3 — put it between quotes: publisher = "3"'
    ]


def test_lines_are_right_in_inline_tables(tmp_path: Path) -> None:
    text = """\
source = [
  {id = "a", kind = "ics", url = "https://a.example/", title = "A", publisher = "P"},
  {id = "b", kind = "ics", url = "https://b.example/",
   title = "B", publishr = "P"},
  5,
  {id = "a", kind = "ics", url = "https://c.example/", title = "C", publisher = "P"},
]
""".replace('",\n   title', '", title')
    assert mistakes(tmp_path, text + SITE) == [
        "3: source “b”: unknown key “publishr” — did you mean “publisher”?",
        "4: a source is not a block of keys: 5 — begin each source with [[source]]",
        "5: source “a”: this id stands on two lines, 2 and 5 — give this source another id",
    ]


def test_lines_are_right_for_dotted_keys(tmp_path: Path) -> None:
    text = "\n".join("site." + line for line in SITE.splitlines()[1:])
    text = text.replace('"Agenda des Bauges"', "1") + "\ndefaults.every = 2\n"
    assert mistakes(tmp_path, text) == [
        '1: “title” is not text: 1 — put it between quotes: title = "1"',
        '5: “every” is not a length of time: 2 — write "30min", "6h", "1d" or "2w"',
    ]


def test_ids_given_twice_are_told_with_both_lines(tmp_path: Path) -> None:
    other = BLOCK.replace("a.ics", "b.ics")
    third = BLOCK.replace("a.ics", "c.ics")
    assert mistakes(tmp_path, SITE + BLOCK + other + third) == [
        "13: source “agenda”: this id stands on two lines, 7 and 13 — give this source another id",
        "19: source “agenda”: this id stands on two lines, 7 and 19 — give this source another id",
    ]


def test_an_address_harvested_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    other = BLOCK.replace('"agenda"', '"other"')
    assert mistakes(tmp_path, SITE + BLOCK + other) == [
        (
            "15: source “other”: this address is harvested twice as the same kind, "
            "by lines 9 and 15 — remove one of the two, "
            "or give them another mapping, iterator, key or query"
        )
    ]


def test_a_mistake_in_the_defaults_is_told_once_and_there(tmp_path: Path) -> None:
    defaults = '[defaults]\nevery = 1\npublishr = "P"\nurl = "https://a.example/"\nkind = "isc"\n'
    blocks = [
        f'[[source]]\nid = "{name}"\nurl = "https://{name}.example/"\ntitle = "A"\n'
        for name in "ab"
    ]
    assert mistakes(tmp_path, SITE + defaults + "".join(blocks)) == [
        '7: “every” is not a length of time: 1 — write "30min", "6h", "1d" or "2w"',
        "8: unknown key “publishr” — did you mean “publisher”?",
        "9: “url” cannot be the same for all sources — write it in each [[source]] block",
        '10: there is no kind "isc" — did you mean "ics"?',
    ]


def test_unknown_sections_and_keys_outside_sections_are_told(tmp_path: Path) -> None:
    text = 'titre = "x"\n' + SITE + "[default]\n[[sources]]\n[other]\n[whatever.else]\n"
    assert mistakes(tmp_path, text) == [
        (
            "1: “titre” stands outside any section — "
            "move the line below [site], [defaults] or [[source]]"
        ),
        "7: there is no section “default” — did you mean [defaults]?",
        "8: there is no section “sources” — did you mean [[source]]?",
        ("9: there is no section “other” — write one of: [site], [notify], [defaults], [[source]]"),
        (
            "10: there is no section “whatever” — "
            "write one of: [site], [notify], [defaults], [[source]]"
        ),
    ]


def test_sections_with_the_wrong_brackets_are_told(tmp_path: Path) -> None:
    text = "source = 3\n" + SITE.replace("[site]", "[[site]]") + "[[defaults]]\n"
    assert mistakes(tmp_path, text) == [
        "1: “source” is not a list of blocks: 3 — begin each source with [[source]]",
        "2: “site” is not a section — write [site], in single brackets, alone on its line",
        "7: “defaults” is not a section — write [defaults], in single brackets, alone on its line",
    ]


def test_sources_in_single_brackets_are_told_and_still_checked(tmp_path: Path) -> None:
    block = BLOCK.replace("[[source]]", " [source] # here")
    other = block.replace('"agenda"', '"other"').replace("a.ics", "b.ics").replace("ics", "isc", 1)
    assert mistakes(tmp_path, SITE + block + other) == [
        (
            "6: source “agenda”: a source does not begin with [source] — "
            "write [[source]], with two brackets on each side"
        ),
        (
            "12: source “other”: a source does not begin with [source] — "
            "write [[source]], with two brackets on each side"
        ),
        '14: source “other”: there is no kind "isc" — did you mean "ics"?',
    ]


def test_a_file_without_site_is_told(tmp_path: Path) -> None:
    told = " section [site] is missing — add it, with title, base, contact and territory"
    assert mistakes(tmp_path, "") == [told]
    assert mistakes(tmp_path, BLOCK) == [told]


def test_a_key_written_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    text = SITE + BLOCK + 'url = """\nhttps://b.example/"""\nscope = "nowhere"\n'
    assert mistakes(tmp_path, text) == [
        "12: source “agenda”: key “url” is written twice, on lines 9 and 12 — keep one of the two",
        (
            '14: source “agenda”: “scope” cannot be "nowhere" — '
            'write "local" to keep everything, "wide" to keep what is in the territory'
        ),
    ]


def test_a_section_opened_twice_is_told_and_what_is_before_is_checked(tmp_path: Path) -> None:
    text = edited('contact = "x"', SITE) + BLOCK + "[site]\ntitle = 1\n"
    assert mistakes(tmp_path, text) == [
        (
            '4: “contact” is neither a mailbox nor a web address: "x" — '
            'write one that publishers may complain to, like "agenda@example.org"'
        ),
        "12: section [site] is opened twice, on lines 1 and 12 — put all its keys under one [site]",
    ]


@pytest.mark.parametrize(("line", "told"), cases("slips"))
def test_a_slip_in_one_line_is_told_and_the_rest_is_still_checked(
    tmp_path: Path, line: str, told: str
) -> None:
    rest = '[[source]]\nid = "b"\nkind = "ics"\nurl = "sample:b.ics"\ntitle = "B"\npublisher = 1\n'
    text = SITE + edited(line, BLOCK) + rest
    last = text.count("\n")
    assert mistakes(tmp_path, text) == [
        told,
        f'{last}: source “b”: “publisher” is not text: 1 — put it between quotes: publisher = "1"',
    ]


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (
            "[[source]\n",
            (
                "7: the name of this section is not closed — "
                "write [site], [defaults] or [[source]], alone on its line"
            ),
        ),
        (
            '[defaults]\nevery = "1h\nkind = """\n',
            (
                "9: the quotes that are opened here are not closed — "
                "put the same quotes at the end of the text"
            ),
        ),
        (
            '[[source]]\nid = [\n"a"\n"b"]\n',
            (
                "8: the list or the braces that begin here are not closed, or a comma is missing — "
                "put a comma between two values, and ] or } at the end"
            ),
        ),
    ],
)
def test_where_structure_is_lost_what_stands_before_is_checked(
    tmp_path: Path, slip: str, told: str
) -> None:
    text = SITE + "color = 1\n" + slip + BLOCK
    first, *others = mistakes(tmp_path, text)
    assert first.startswith("6: unknown key “color” — write one of: title, base")
    assert others[-1] == told


def test_numbers_and_nesting_beyond_measure_are_told(tmp_path: Path) -> None:
    what = " a number is too long, or brackets are nested too deeply"
    told = [f"{what} — give this file simple values only"]
    assert mistakes(tmp_path, f"a = {'[' * 5000}") == told
    assert mistakes(tmp_path, f"a = {'1' * 5000}\nb = 1\n") == told


def test_a_file_of_nothing_but_slips_is_read_to_the_end_of_patience(tmp_path: Path) -> None:
    told = mistakes(tmp_path, "\n".join(f"key-{number} = yes" for number in range(150)))
    assert len(told) == 50


def test_a_file_that_is_not_utf8_is_told_with_the_line(tmp_path: Path) -> None:
    assert mistakes(tmp_path, (SITE + BLOCK.replace("Mairie", "Comité")).encode("latin-1")) == [
        (
            "11: the file is not written in UTF-8 — "
            "in your editor, save it again with the encoding UTF-8"
        )
    ]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path / "none.toml", kinds=KINDS)
    assert str(told.value) == (
        f"{tmp_path / 'none.toml'}: there is no such file — "
        "“enbauges init” writes one, or name yours with --config FILE"
    )


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file cannot be read: Is a directory — check its"):
        load(tmp_path, kinds=KINDS)


def test_all_the_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines(
    tmp_path: Path,
) -> None:
    text = """\
[site]
title = Agenda
base = "https://agenda.example.org"
contact = "agenda@example.org"
territory = [73081, "7308"]

[defauts]
every = "6h"

[[source]]
id = "un"
kind = "isc"
url = "https://example.org/a.ics"
title = "Un"
publisher = "P"

[[source]]
id = "un"
kind = "ics"
url = "https://example.org/a.ics"
kind = "feed"
publisher = "P"
"""
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as told:
        load(path, kinds=KINDS)
    assert [(problem.line, problem.source) for problem in told.value.problems] == [
        (2, None),
        (3, None),
        (5, None),
        (5, None),
        (7, None),
        (12, "un"),
        (17, "un"),
        (18, "un"),
        (21, "un"),
    ]
    assert told.value.render().count("\n") == 8


def test_a_problem_is_one_line_whatever_it_speaks_of() -> None:
    problem = Problem(2, "a", say("“{key}” is wrong", key="x\u2028y"), say("mend it"))
    assert problem.render("s.toml") == "s.toml:2: source “a”: “x y” is wrong — mend it"


VALUES = st.sampled_from(
    ["1", "-0.5", "true", '""', '"x"', "[]", "[1]", '["a"]', "{}", "{a=1}", "1979-05-27"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    section=st.sampled_from(["[site]", "[defaults]", "[[source]]"]),
    key=st.sampled_from([*Site.model_fields, *Source.model_fields]),
    value=VALUES,
)
def test_no_value_of_any_key_escapes_our_own_words(
    tmp_path: Path, section: str, key: str, value: str
) -> None:
    for told in mistakes(tmp_path, f"{section}\n{key} = {value}\n"):
        assert " — " in told
        assert "Input should" not in told
        assert "valid" not in told


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(list("[]{}=,.#ab1é \\\n\"'"))
        | st.sampled_from(
            ["[site]\n", "[source]\n", "[[source]]\n", "id = 1\n", '"""', "id.x = 2\n"]
        )
    ).map("".join)
)
def test_any_text_is_told_about_without_failing(tmp_path: Path, text: str) -> None:
    assert mistakes(tmp_path, text)


def test_a_mistake_in_a_table_of_fields_is_told_on_its_own_line(tmp_path: Path) -> None:
    table = '[source.mapping]\na = "schema:Place"\n"Nom" = "shema:name"\n'
    (told,) = mistakes(tmp_path, SITE + BLOCK + table)
    assert told.startswith(
        "14: source “agenda”: the prefix of shema:name is not known — write schema"
    )
