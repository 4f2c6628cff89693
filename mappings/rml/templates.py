"""The string templates of RML, such as ``https://data.example/{id}``."""

from __future__ import annotations

from collections.abc import Iterator

_ESCAPED = "{}\\"


class TemplateError(ValueError):
    """A template that cannot be understood; its argument is the part where that shows."""


def parts(template: str) -> Iterator[tuple[bool, str]]:
    """The texts (False) and references (True) of ``template``, unescaped, in turn.

    A brace that encloses no reference is escaped by a backslash, and so is a backslash
    (RML-Core, string template).

    Raises:
        TemplateError: when a brace is neither closed nor escaped, or nothing is between two.
    """
    text, inside, start = "", False, 0
    position = 0
    while position < len(template):
        char = template[position]
        if char == "\\" and template[position + 1 : position + 2] in (*_ESCAPED,):
            text += template[position + 1]
            position += 2
            continue
        if char == "{":
            if inside:
                raise TemplateError(template[start:])
            if text:
                yield False, text
            text, inside, start = "", True, position
        elif char == "}":
            if not inside or not text:
                raise TemplateError(template[start:])
            yield True, text
            text, inside = "", False
        else:
            text += char
        position += 1
    if inside:
        raise TemplateError(template[start:])
    if text:
        yield False, text


def escaped(text: str) -> str:
    """``text`` as it is written in a template."""
    return text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
