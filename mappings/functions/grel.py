"""Functions of GREL and of IDLab, by the IRIs that other RML and YARRRML tools call them by.

Their descriptions are those of the Function Ontology's own libraries (https://w3id.org/function/).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape as escape_html
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from mappings.functions.general import equal, is_true, present, text_of
from mappings.functions.registry import GREL, IDLAB, Function, Parameter, declare, optional

ALIASES: Final = MappingProxyType(
    {
        GREL + "toUppercase": GREL + "toUpperCase",
        GREL + "valueParam": GREL + "valueParameter",
        GREL + "valueParam2": GREL + "valueParameter2",
        GREL + "param_find": GREL + "p_string_find",
        GREL + "param_replace": GREL + "p_string_replace",
        GREL + "param_string_sep": GREL + "p_string_sep",
        IDLAB + "_str": IDLAB + "str",
    }
)
"""FnO gives a parameter an IRI and its predicate another: mappings write either."""


def _cut(value: Any, separator: Any) -> list[str]:
    """The parts of ``value`` between occurrences of the text ``separator``."""
    mark = text_of(separator)
    return text_of(value).split(mark) if mark else [text_of(value)]


def _escaped(value: Any, mode: Any) -> str | None:
    """``value`` as it is written in HTML, XML, CSV, JavaScript or an address; None elsewhere."""
    escape = _ESCAPES.get(text_of(mode).lower())
    return escape(text_of(value)) if escape else None


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text


_ESCAPES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "html": escape_html,
        "xml": escape_html,
        "csv": _quoted,
        "javascript": lambda text: json.dumps(text)[1:-1],
        "url": lambda text: quote(text, safe=""),
    }
)


def _part(value: Any, start: Any, end: Any) -> str | None:
    """The characters of ``value`` from ``start`` on, before ``end`` where there is one."""
    try:
        return text_of(value)[int(start) : None if end is None else int(end)]
    except (TypeError, ValueError):
        return None


def _web_address(value: Any) -> str:
    """``value`` in capitals, with a scheme."""
    text = text_of(value).upper()
    return text if text.startswith(("HTTP://", "HTTPS://")) else f"HTTP://{text}"


def _title(value: Any) -> str:
    return " ".join(word.capitalize() for word in text_of(value).split(" "))


def _of_two(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda one, other: test(text_of(one), text_of(other))


_VALUE = "valueParameter"
_TWO = tuple(optional(name, GREL) for name in (_VALUE, "valueParameter2"))
_MANY = Parameter(GREL + "param_rep_b", "rest")

FUNCTIONS: tuple[Function, ...] = (
    declare(GREL, "toLowerCase", lambda value: text_of(value).lower(), _VALUE),
    declare(GREL, "toUpperCase", lambda value: text_of(value).upper(), _VALUE),
    declare(GREL, "toTitlecase", _title, _VALUE),
    declare(GREL, "string_trim", lambda value: text_of(value).strip(), _VALUE),
    declare(
        GREL,
        "string_replace",
        lambda value, find, new: text_of(value).replace(text_of(find), text_of(new)),
        _VALUE,
        "p_string_find",
        "p_string_replace",
    ),
    declare(GREL, "string_split", _cut, _VALUE, "p_string_sep"),
    declare(
        GREL, "string_substring", _part, _VALUE, "p_int_i_from", optional("p_int_i_opt_to", GREL)
    ),
    declare(GREL, "string_contains", _of_two(str.__contains__), _VALUE, "string_sub"),
    declare(GREL, "string_startsWith", _of_two(str.startswith), _VALUE, "string_sub"),
    declare(GREL, "string_endsWith", _of_two(str.endswith), _VALUE, "string_sub"),
    declare(
        GREL,
        "array_join",
        lambda values, mark: text_of(mark).join(map(text_of, values)) or None,
        Parameter(GREL + "p_array_a", "list"),
        "p_string_sep",
    ),
    declare(GREL, "escape", _escaped, _VALUE, "modeParameter"),
    declare(GREL, "boolean_not", lambda value: not is_true(value), "bool_b"),
    declare(GREL, "boolean_and", lambda values: all(map(is_true, values)), _MANY),
    declare(GREL, "boolean_or", lambda values: any(map(is_true, values)), _MANY),
    declare(
        GREL,
        "controls_if",
        lambda condition, yes, no: yes if is_true(condition) else no,
        "bool_b",
        optional("any_true", GREL),
        optional("any_false", GREL),
    ),
    declare(IDLAB, "equal", equal, *_TWO),
    declare(IDLAB, "notEqual", lambda one, other: not equal(one, other), *_TWO),
    declare(
        IDLAB,
        "isNull",
        lambda values: not present(values),
        Parameter(IDLAB + "str", "list", required=False),
    ),
    declare(IDLAB, "isNotNull", present, Parameter(IDLAB + "str", "list", required=False)),
    declare(IDLAB, "toUpperCaseURL", _web_address, "str"),
    declare(
        IDLAB,
        "trueCondition",
        lambda condition, value: value if is_true(condition) else None,
        optional("strBoolean", IDLAB),
        Parameter(IDLAB + "str"),
    ),
)
