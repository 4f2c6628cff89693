"""Whose number it is (design, rule 14)."""

from __future__ import annotations

import pytest

from tests import platform_samples as samples
from vocab import CONCEPT

THING = """
@prefix schema: <https://schema.org/> . @prefix eb: <https://w3id.org/enbauges/ns#> .
<https://a.example/1> a {types} ; schema:name "Le Margériaz"@fr ; schema:telephone "{number}" .
"""
MOBILES = ("06 12 34 56 78", "+33 7 12 34 56 78", "0033612345678")


def told(types: str, number: str, **fields: str) -> tuple[bool, bool]:
    """Whether the number is in the graph, and whether it is told that one was left out."""
    body = THING.format(types=types, number=number).encode()
    found = samples.digest("rdf", body, **fields)
    text = "\n".join(line for lines in found.records.values() for line in lines)
    codes = {issue.code for issue in found.issues}
    return "telephone>" in text, "mobile-withheld" in codes


@pytest.mark.parametrize("number", MOBILES)
def test_the_mobile_number_of_a_mere_place_is_left_out_and_that_is_told(number: str) -> None:
    assert told("schema:Place", number) == (False, True)


@pytest.mark.parametrize(
    ("types", "number", "fields"),
    [
        ("schema:Place", "04 65 71 00 33", {}),
        ("schema:Organization", MOBILES[0], {}),
        (f"schema:Place ; eb:placeType <{CONCEPT}type/coworking>", MOBILES[0], {}),
        ("schema:Place", MOBILES[0], {"contacts": "publish"}),
    ],
)
def test_what_is_published_to_be_reached_by_stays(
    types: str, number: str, fields: dict[str, str]
) -> None:
    assert told(types, number, **fields) == (True, False)
