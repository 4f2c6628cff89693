"""Keep a version of the vocabulary as it was published: ``python -m vocab.release``.

``versions/{version}.ttl`` holds the terms and the concepts of a version, to be served at its
version IRI for ever, and for the linter to see that no term of it vanishes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vocab import PUBLISHED, ROOM, VocabularyError, read_turtle
from vocab.facts import Facts
from vocab.lint import lint, version
from vocab.messages import Message, say


def release(room: Path = ROOM) -> Path:
    """Write the file of the version that the header of ``enbauges.ttl`` names.

    Raises:
        VocabularyError: when the linter complains, or when that version was published already
            and said something else.
    """
    if complaints := lint(room):
        raise VocabularyError(complaints[0])
    number = version(Facts(read_turtle(room / "enbauges.ttl")))
    path = room / "versions" / f"{number}.ttl"
    text = "\n".join((room / name).read_text(encoding="utf-8") for name in PUBLISHED)
    if path.exists() and set(read_turtle(path)) != _published(room):
        raise VocabularyError(_already(number))
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _published(room: Path) -> set[object]:
    return {triple for name in PUBLISHED for triple in read_turtle(room / name)}


def _already(number: str) -> Message:
    return say(
        "version {number} is published and does not change — write a new owl:versionInfo and "
        "owl:versionIRI in enbauges.ttl",
        number=number,
    )


if __name__ == "__main__":
    try:
        print(release())  # noqa: T201  # this is what the command says
    except VocabularyError as error:
        sys.exit(str(error))
