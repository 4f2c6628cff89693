"""Objects of a YARRRML document that are the subjects of another mapping: joins and references.

Joins are written long (``mapping:`` and ``condition:``, a call of ``equal``) or short, as
``join(other, equal($(a), $(b)))``. In a call of ``equal``, ``str1`` is of the record at hand and
``str2`` of the other one, unless a third part says ``s`` or ``o`` (or the key ``from`` does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from mappings.documents import Items, Table, Text, Value
from mappings.plan import Call, Expression, Join, Link
from mappings.yarrrml_terms import FUNCTION, PARAMETER, TERM, Terms, listed
from mappings.yarrrml_text import Reading, placed
from vocab.messages import say

_EQUAL = ("equal", "idlab-fn:equal", "https://w3id.org/imec/idlab/function#equal")
_SIDES = {"s": "child", "subject": "child", "o": "parent", "object": "parent"}
_FIRST = ("str1", "grel:valueParameter", "valueParameter")
_JOIN = re.compile(r"\s*join\s*\((.*)\)\s*", re.DOTALL)
_ARGUMENT = re.compile(r"(?:(?P<key>quoted|quotedNonAsserted|mapping)\s*=\s*)?(?P<name>[^\s=(),]+)")
_EQUALS = re.compile(r"\s*equal\s*\((.*)\)\s*", re.DOTALL)
_QUOTED: dict[str, Literal["", "asserted", "quoted"]] = {
    "quoted": "asserted",
    "quotedNonAsserted": "quoted",
}


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one mapping; references of the other mapping are understood by ``other``."""

    terms: Terms

    @property
    def reading(self) -> Reading:
        """What texts of this mapping are understood with."""
        return self.terms.reading

    def is_link(self, value: Value) -> bool:
        """Whether ``value`` refers to another mapping."""
        if not isinstance(value, Table):
            return False
        function = value.get("function", value.get("fn", value.get("f")))
        joined = isinstance(function, Text) and _JOIN.fullmatch(function) is not None
        return joined or any(key in value for key in ("mapping", "m", *_QUOTED))

    def name(self, value: Table) -> Text:
        """The name of the mapping that ``value`` refers to."""
        function = value.get("function", value.get("fn", value.get("f")))
        if isinstance(function, Text):
            return self._short(function)[0]
        table = self.reading.table(value, TERM)
        key = next(each for each in ("mapping", *_QUOTED) if each in table)
        return self.reading.text(table[key])

    def link(self, value: Table, other: Reading) -> Link:
        """The link that ``value`` writes; ``other`` understands the records of the other mapping.

        Raises:
            MappingError: when a condition is no call of ``equal``, or lacks a side.
        """
        function = value.get("function", value.get("fn", value.get("f")))
        if isinstance(function, Text):
            name, key, pairs = self._short(function)
            short = (
                Join(self.reading.expression(one), other.expression(two)) for one, two in pairs
            )
            return Link(str(name), tuple(short), quoted=_QUOTED.get(key, ""))
        table = self.reading.table(value, TERM)
        joins, conditions = list[Join](), list[Call]()
        for each in listed(table.get("condition")):
            if (join := self._join(each, other)) is not None:
                joins.append(join)
            elif (call := self.terms.condition(each)) is not None:
                conditions.append(call)
        key = next((each for each in _QUOTED if each in table), "")
        condition = conditions[0] if conditions else None
        return Link(str(self.name(value)), tuple(joins), condition, _QUOTED.get(key, ""))

    def _join(self, value: Value, other: Reading) -> Join | None:
        """The join that a condition writes; None where it is about the record at hand."""
        if isinstance(value, Text):
            pair = _EQUALS.fullmatch(value)
            if pair is None:
                return None
            one, two = self._pair(value, pair[1])
            return Join(self.reading.expression(one), other.expression(two))
        table = self.reading.table(value, FUNCTION)
        if "function" not in table or self.reading.text(table["function"]) not in _EQUAL:
            return None
        sides = dict(self._sides(table, other))
        for side, name in (("child", "str1"), ("parent", "str2")):
            if side not in sides:
                raise self.reading.error(
                    value, say("{file}:{line}: a key “{name}” is missing — add it", name=name)
                )
        return Join(sides["child"], sides["parent"])

    def _sides(
        self, table: Mapping[str, Value], other: Reading
    ) -> Iterator[tuple[str, Expression]]:
        for each in listed(table.get("parameters")):
            name, value, side = self._parameter(each)
            side = side or ("child" if name in _FIRST else "parent")
            yield side, (self.reading if side == "child" else other).expression(value)

    def _parameter(self, value: Value) -> tuple[str, Value, str]:
        if isinstance(value, Items) and len(value) in (2, 3):
            name, given, *rest = value
            side = self.reading.text(rest[0]) if rest else ""
        else:
            table = self.reading.table(value, PARAMETER)
            for key in ("parameter", "value"):
                if key not in table:
                    raise self.reading.error(
                        value, say("{file}:{line}: a key “{name}” is missing — add it", name=key)
                    )
            name, given = table["parameter"], table["value"]
            side = self.reading.text(table["from"]) if "from" in table else ""
        return str(self.reading.text(name)), given, _SIDES.get(side, "")

    def _short(self, text: Text) -> tuple[Text, str, list[tuple[Text, Text]]]:
        """The mapping, the key and the pairs of ``join(mapping, equal($(a), $(b)), …)``."""
        whole = _JOIN.fullmatch(text)
        first = _ARGUMENT.match(whole[1].strip()) if whole else None
        if whole is None or first is None:
            raise self._unread(text)
        pairs = []
        for part in _split(whole[1])[1:]:
            inner = _EQUALS.fullmatch(part)
            if inner is None:
                raise self._unread(text)
            pairs.append(self._pair(text, inner[1]))
        return placed(first["name"], text), first["key"] or "", pairs

    def _pair(self, text: Text, inner: str) -> tuple[Text, Text]:
        parts = [part.rpartition("=")[2] if "=$(" in part else part for part in _split(inner)]
        if len(parts) != len(("one", "other")):
            raise self._unread(text)
        return placed(parts[0].strip(), text), placed(parts[1].strip(), text)

    def _unread(self, text: Text) -> Exception:
        return self.reading.error(
            text,
            say(
                "{file}:{line}: “{part}” is not understood — write join(mapping, equal($(a),"
                " $(b)))",
                part=text[:60],
            ),
        )


def _split(text: str) -> list[str]:
    """The parts of ``text`` between commas that stand in no bracket."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts
