"""The key ``paging`` of a platform file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import MappingError, Paging
from mappings.platform import load_platform

FILE = """platform:
  title: {{fr: Essai, en: Test}}
  reader: json
  paging: {paging}
  reads: {{fr: des listes, en: lists}}
prefixes: {{schema: https://schema.org/}}
mappings:
  entry:
    sources: [[records.json~jsonpath, "$.records[*]"]]
    s: $(_record.iri)
    po: [[schema:name, $(name)]]
"""


def paging(tmp_path: Path, written: str) -> tuple[Paging, ...]:
    path = tmp_path / "essai.yml"
    path.write_text(FILE.format(paging=written), encoding="utf-8")
    return load_platform(path).paging


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{next: $.next_rest_url}", Paging(next="$.next_rest_url")),
        ("{next: $.links.next.href}", Paging(next="$.links.next.href")),
        ("{page: page, pages: X-WP-TotalPages}", Paging(page="page", pages="X-WP-TotalPages")),
        (
            "{page: page, size: 20, total: $.total}",
            Paging(page="page", size=20, total="$.total"),
        ),
        (
            "{offset: offset, limit: limit, size: 100, total: $.total_count}",
            Paging(offset="offset", limit="limit", size=100, total="$.total_count"),
        ),
        ("{links: yes}", Paging(links=True)),
        ("{links: no}", Paging()),
    ],
)
def test_a_platform_says_how_it_goes_on(tmp_path: Path, written: str, expected: Paging) -> None:
    assert paging(tmp_path, written) == (expected,)


def test_a_platform_may_know_several_ways(tmp_path: Path) -> None:
    written = "[{next: $.next}, {page: page, pages: $.pages}]"
    expected = Paging(next="$.next"), Paging(page="page", pages="$.pages")
    assert paging(tmp_path, written) == expected


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{next: next_url}", "essai.yml:4: next cannot be “next_url” — write it like $.next"),
        ("{nxt: $.next}", "unknown key “nxt” — write next"),
        ("{page: page}", "essai.yml:4: nothing says where the pages end"),
        ("{page: page, total: $.n}", "nothing says where the pages end"),
        ("{offset: o, total: $.n}", "nothing says where the pages end"),
        ("{offset: o, size: 0, total: $.n}", "size cannot be “0” — write it like 100"),
        ("{links: perhaps}", "links cannot be “perhaps” — write it like yes"),
        ("[yes]", "essai.yml:4: keys are needed here"),
        ("yes", "essai.yml:4: keys are needed here"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_line(
    tmp_path: Path, written: str, said: str
) -> None:
    with pytest.raises(MappingError) as caught:
        paging(tmp_path, written)
    assert said in str(caught.value)


def test_a_platform_that_says_nothing_has_no_pages(tmp_path: Path) -> None:
    path = tmp_path / "essai.yml"
    path.write_text(FILE.format(paging="").replace("  paging: \n", ""), encoding="utf-8")
    assert load_platform(path).paging == ()
