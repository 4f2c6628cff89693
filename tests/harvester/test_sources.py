"""``sources.toml`` as it should be: what a valid file means."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from harvester.sources import Config, Source, UnknownSourceError, load

KINDS = ("ics", "feed", "geojson", "gogocarto", "csv", "enbauges")

SITE = """\
[site]
title = "Agenda des Bauges"
base = "https://agenda.example.org/"
contact = "agenda@example.org"
territory = ["73081", "74004", "2A004"]
"""

BLOCK = """\
[[source]]
id = "agenda"
kind = "ics"
url = "https://example.org/a.ics"
title = "Agenda"
publisher = "Mairie"
"""


def read(folder: Path, text: str) -> Config:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, kinds=KINDS)


def made(**fields: object) -> Source:
    minimal = {"id": "a", "kind": "ics", "url": "sample:a.ics", "title": "A", "publisher": "B"}
    return Source.model_validate({**minimal, **fields})


def test_a_full_file_gives_the_site_and_its_sources(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").touch()
    config = read(
        tmp_path,
        SITE
        + BLOCK
        + """\
licence = "etalab-2.0"
every = "30min"
mapping = "mine.yml"
commune = "73081"
place = "Salle des fêtes"
scope = "wide"
enabled = false
allow_private = true
iterator = "$.events[*]"
key = "_id"
delimiter = ";"
encoding = "windows-1252"
""",
    )
    assert config.path == tmp_path / "sources.toml"
    assert config.site.territory == ("73081", "74004", "2A004")
    assert config.site.timezone == "Europe/Paris"
    assert config.sources == (
        Source(
            id="agenda",
            kind="ics",
            url="https://example.org/a.ics",
            title="Agenda",
            publisher="Mairie",
            licence="etalab-2.0",
            every=timedelta(minutes=30),
            mapping=tmp_path / "mine.yml",
            commune="73081",
            place="Salle des fêtes",
            scope="wide",
            enabled=False,
            allow_private=True,
            iterator="$.events[*]",
            key="_id",
            delimiter=";",
            encoding="windows-1252",
        ),
    )


def test_what_is_left_out_has_a_cautious_value(tmp_path: Path) -> None:
    [source] = read(tmp_path, SITE + BLOCK).sources
    assert source.licence is None
    assert source.every == timedelta(hours=6)
    assert source.enabled
    assert not source.allow_private
    assert source.scope == "local"
    assert (source.mapping, source.commune, source.place) == (None, None, None)
    assert (source.iterator, source.key, source.delimiter, source.encoding) == ("", "", "", "")


def test_defaults_hold_where_a_source_says_nothing_else(tmp_path: Path) -> None:
    defaults = '[defaults]\npublisher = "Mairie"\nkind = "feed"\nevery = "1d"\n'
    first = '[[source]]\nid = "a"\nurl = "https://a.example/"\ntitle = "A"\n'
    second = BLOCK + 'every = "2w"\n'
    a, b = read(tmp_path, SITE + defaults + first + second).sources
    assert (a.publisher, a.kind, a.every) == ("Mairie", "feed", timedelta(days=1))
    assert (b.publisher, b.kind, b.every) == ("Mairie", "ics", timedelta(weeks=2))


def test_sources_may_be_written_as_a_list_of_inline_tables(tmp_path: Path) -> None:
    block = '{id = "a", kind = "ics", url = "https://a.example/", title = "A", publisher = "B"},\n'
    config = read(tmp_path, f"source = [\n{block}]\n{SITE}")
    assert [source.id for source in config.sources] == ["a"]


def test_a_title_on_several_lines_becomes_one(tmp_path: Path) -> None:
    block = BLOCK.replace('"Agenda"', '"""\n  Quoi de neuf\u00a0?\n  Agenda """')
    assert read(tmp_path, SITE + block).sources[0].title == "Quoi de neuf\u00a0? Agenda"


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (SITE + BLOCK).replace("\n", "\r\n").encode())
    assert load(path, kinds=KINDS).sources[0].id == "agenda"


def test_an_address_may_be_harvested_twice_with_another_mapping_iterator_or_key(
    tmp_path: Path,
) -> None:
    (tmp_path / "m.yml").touch()
    blocks = [
        BLOCK.replace('"agenda"', f'"agenda-{number}"') + line
        for number, line in enumerate(
            ["", 'mapping = "m.yml"\n', 'iterator = "$"\n', 'key = "id"\n', "enabled = false\n"]
        )
    ]
    assert len(read(tmp_path, SITE + "".join(blocks)).sources) == 5


def test_a_source_is_found_by_its_id_and_a_mistyped_id_gets_a_proposal(tmp_path: Path) -> None:
    config = read(tmp_path, SITE + BLOCK)
    assert config.source("agenda").title == "Agenda"
    with pytest.raises(UnknownSourceError, match=r"no source “agend” — did you mean “agenda”\?"):
        config.source("agend")
    with pytest.raises(UnknownSourceError, match="no source “zzz” — “enbauges status” lists"):
        config.source("zzz")


@pytest.mark.parametrize(
    ("licence", "iri", "texts"),
    [
        (None, None, False),
        ("accord", None, True),
        ("lov2", "https://spdx.org/licenses/etalab-2.0.html", True),
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", True),
        ("https://example.org/terms", "https://example.org/terms", True),
    ],
)
def test_a_licence_has_an_iri_and_texts_need_one_or_an_agreement(
    licence: str | None,
    iri: str | None,
    texts: bool,  # noqa: FBT001  # a case of the table
) -> None:
    source = made(licence=licence)
    assert source.licence_iri == iri
    assert source.texts_allowed is texts


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("5min", timedelta(minutes=5)),
        ("6h", timedelta(hours=6)),
        ("1 d", timedelta(days=1)),
        ("2w", timedelta(days=14)),
    ],
)
def test_lengths_of_time_are_read(written: str, length: timedelta) -> None:
    assert made(every=written).every == length


def test_values_cannot_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        made().title = "B"  # type: ignore[misc]
