"""Which fields of a record a mapping reads."""

from __future__ import annotations

import pytest

from mappings import compile_yarrrml
from mappings.reads import Reads, fields_of

HEAD = """\
prefixes:
  schema: https://schema.org/
  ebf: https://w3id.org/enbauges/function#
sources:
  records: [records.json~jsonpath, "$.records[*]"]
  places: [records.json~jsonpath, "$.records[*].places[*]"]
mappings:
  thing:
    sources: records
    s: $(_record.iri)
    po:
"""


def reads(rules: str) -> Reads:
    return Reads.of(compile_yarrrml(HEAD + rules).plan)


@pytest.mark.parametrize(
    ("rules", "read", "left"),
    [
        ("      - [schema:name, $(title)]\n", ("title",), ("titre",)),
        ("      - [schema:name, '$(a.b) $(c[*].d)']\n", ("c", "d"), ("a", "c")),
        ("      - [schema:address, $(address)]\n", ("address", "street"), ("street",)),
        (
            (
                "      - p: schema:name\n"
                "        o: {function: 'ebf:field(of=$($), names=Nom du lieu|Titre)'}\n"
            ),
            ("nom_du_lieu",),
            ("Adresse",),
        ),
        (
            (
                "      - p: schema:name\n"
                "        o: {function: 'ebf:pick(of=$($), among=people, where=type, equals=org,"
                " take=name)'}\n"
            ),
            ("people", "name"),
            ("author",),
        ),
    ],
)
def test_a_field_is_read_where_a_rule_names_it_or_what_holds_it(
    rules: str, read: tuple[str, ...], left: tuple[str, ...]
) -> None:
    found = reads(rules)
    assert found.reads(read)
    assert not found.reads(left)


def test_a_field_of_an_iterator_s_items_is_seen_from_the_record() -> None:
    found = reads(
        "      - [schema:name, $(title)]\n"
        "  place:\n    sources: places\n    s: $(url)\n    po:\n      - [schema:name, $(label)]\n"
    )
    assert found.reads(("places", "label"))
    assert not found.reads(("label",))
    assert not found.reads(("places", "phone"))


def test_a_function_that_is_given_the_whole_record_may_read_anything() -> None:
    found = reads("      - p: schema:keywords\n        o: {function: 'ebf:pairs(of=$($))'}\n")
    assert found.reads(("whatever",))


def test_fields_that_say_nothing_are_not_there() -> None:
    record = {"a": "", "b": None, "c": [{"d": 1}, {"d": 2, "e": []}], "f": 0}
    assert list(fields_of(record)) == [(("c", "d"), 1), (("c", "d"), 2), (("f",), 0)]
