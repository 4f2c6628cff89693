"""Function calls that a YARRRML document writes in one line: ``ebf:slug(value=$(name))``."""

from __future__ import annotations

import re

from mappings.documents import Text
from mappings.plan import Call, Expression
from mappings.problems import MappingError
from mappings.yarrrml_text import REFERENCE, Reading, placed
from vocab.messages import say

_CALL = re.compile(r"\s*(?P<name>[^\s()=,$]+)\s*\(")
_PARAMETER = re.compile(r"\s*(?P<name>[^\s()=,$'\"]+)\s*=\s*")
_QUOTED = re.compile(r"""'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)\"""")
_BARE = re.compile(rf"""(?:{REFERENCE.pattern}|\\.|[^,()\\])+""")


def compact_call(reading: Reading, text: Text) -> Call:
    """The call that a text such as ``ebf:slug(ebf:value=$(name))`` writes.

    Raises:
        MappingError: as ``call``; also when a bracket is not closed.
    """
    call, end = _compact(reading, text, 0)
    if text[end:].strip():
        raise _unfinished(reading, text, text[end:])
    return call


def _compact(reading: Reading, text: Text, start: int) -> tuple[Call, int]:
    match = _CALL.match(text, start)
    if match is None:
        raise _unfinished(reading, text, text[start:])
    name, position = placed(match["name"], text), match.end()
    arguments: list[tuple[Text, Expression]] = []
    while not (closing := re.compile(r"\s*\)").match(text, position)):
        label = _PARAMETER.match(text, position)
        if label is None:
            raise _unfinished(reading, text, text[position:])
        value, position = _compact_value(reading, text, label.end())
        arguments.append((placed(label["name"], text), value))
        if comma := re.compile(r"\s*,").match(text, position):
            position = comma.end()
    return reading.call(name, arguments), closing.end()


def _compact_value(reading: Reading, text: Text, start: int) -> tuple[Expression, int]:
    if _CALL.match(text, start):
        return _compact(reading, text, start)
    if quoted := _QUOTED.match(text, start):
        inner = quoted[1] if quoted[1] is not None else quoted[2]
        return reading.expression(placed(re.sub(r"\\(['\"\\])", r"\1", inner), text)), quoted.end()
    bare = _BARE.match(text, start)
    if bare is None:
        raise _unfinished(reading, text, text[start:])
    return reading.argument(placed(bare[0].strip(), text)), bare.end()


def _unfinished(reading: Reading, text: Text, part: str) -> MappingError:
    if not part.strip():
        return reading.error(
            text,
            say(
                "{file}:{line}: a bracket of “{part}” is not closed — write"
                " function(parameter=$(name))",
                part=text[:60],
            ),
        )
    return reading.error(
        text,
        say(
            "{file}:{line}: “{part}” is not understood — write function(parameter=$(name))",
            part=part[:60],
        ),
    )
