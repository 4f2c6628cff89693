"""Help and usage errors in the language of whoever asks.

The help of a command is its docstring, that of an option stands beside it: English in the code,
and the keys of ``vocab/locale/fr.po`` as every other sentence (``sentences`` finds them for it).
click's own words are English as well. It asks gettext for them, but only in a compiled catalogue
of the system; so it is handed ours.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeVar

import click
from babel.messages.extract import extract_python
from click import core, decorators, exceptions, formatting, parser, types

from vocab.messages import language_of, say, translations

CLICK = (
    say("Usage:"),
    say("Options"),
    say("Commands"),
    say("Positional arguments"),
    say("Show this message and exit."),
    say("Show the version and exit."),
    say("default: {default}"),
    say("required"),
    say("Error: {message}"),
    say("Try '{command} {option}' for help."),
    say("Aborted!"),
    say("Missing command."),
    say("Missing argument"),
    say("Missing option"),
    say("Missing parameter"),
    say("No such command {name!r}."),
    say("No such option {name!r}."),
    say("Did you mean {possibility}?"),
    say("(Did you mean one of: {possibilities}?)"),
    say("Got unexpected extra argument ({args})"),
    say("Got unexpected extra arguments ({args})"),
    say("Option {name!r} requires an argument."),
    say("Option {name!r} does not take a value."),
    say("Invalid value: {message}"),
    say("Invalid value for {param_hint}: {message}"),
    say("{value!r} is not {choice}."),
    say("{value!r} is not one of {choices}."),
    say("{value} is not in the range {range}."),
    say("{value!r} is not a valid {number_type}."),
    say("{name} {filename!r} does not exist."),
    say("{name} {filename!r} is a file."),
    say("{name} {filename!r} is a directory."),
    say("{name} {filename!r} is not readable."),
    say("{name} {filename!r} is not writable."),
    say("Could not open file {filename!r}: {message}"),
    say("file"),
    say("directory"),
    say("path"),
)
"""What click itself says to people, word for word (click 8.5)."""

_Command = TypeVar("_Command", bound=click.Command)
_Helpful = TypeVar("_Helpful", bound=click.Command | click.Parameter)


def said(text: str) -> str:
    """``text`` in the language of whoever runs the command."""
    return translations(language_of()).gettext(text)


def _counted(one: str, several: str, number: int) -> str:
    return said(one if number == 1 else several)


def teach_click() -> None:
    """Hand click our catalogue: each of its modules took gettext's functions when imported."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        for name, function in (("_", said), ("ngettext", _counted)):
            if hasattr(module, name):
                setattr(module, name, function)


def unwrapped(text: str) -> str:
    """A docstring as it is translated: its paragraphs without the line ends of the code."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def translated(command: _Command) -> _Command:
    """A command that says the same in the language of whoever asks."""
    spoken = _with_help(command)
    spoken.params = [_with_help(param) for param in command.params]
    return spoken


def _with_help(thing: _Helpful) -> _Helpful:
    spoken = copy.copy(thing)
    if isinstance(thing, click.Parameter) and isinstance(thing.type, click.Path):
        spoken.__dict__["type"] = kind = copy.copy(thing.type)
        kind.name = said(kind.name)  # click asked for it before it was taught
    if text := getattr(thing, "help", None):
        spoken.__dict__["help"] = said(unwrapped(text))
    return spoken


def sentences(
    file: BinaryIO, keywords: Mapping[str, None], tags: Sequence[str], options: Any
) -> Iterator[tuple[Any, ...]]:
    """What a file of commands says, for Babel: what ``say`` is given, and the help.

    The help is the docstring of each function that click makes a command of, and the ``help`` of
    its options.
    """
    yield from extract_python(file, keywords, tags, options)
    file.seek(0)
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            yield node.lineno, "say", unwrapped(ast.get_docstring(node) or ""), []
        elif isinstance(node, ast.keyword) and node.arg == "help":
            yield node.value.lineno, "say", unwrapped(ast.literal_eval(node.value)), []


def _makes_command(decorator: ast.expr) -> bool:
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(made, ast.Attribute) and made.attr in {"command", "group"}
