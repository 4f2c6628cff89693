"""The first ``sources.toml`` of a territory, with a comment for every line."""

from __future__ import annotations

from pathlib import Path

from harvester.records import HarvestError
from vocab.messages import LANGUAGES, say

_TEMPLATES = Path(__file__).parent


class StarterError(HarvestError):
    """The file cannot be written where it was asked for."""


def write_starter(directory: Path, *, language: str = LANGUAGES[0]) -> Path:
    """Write a commented ``sources.toml`` into ``directory``, made where it is missing.

    It is valid and harvests bundled samples, so that a first harvest shows something.

    Args:
        directory: where the new node will live.
        language: of the comments, one of ``vocab.messages.LANGUAGES``.

    Raises:
        StarterError: when there is such a file already, which is left as it is, or when
            the folder cannot be written to.
    """
    template = (_TEMPLATES / f"starter.{language}.toml").read_text(encoding="utf-8")
    path = directory / "sources.toml"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(template)
    except FileExistsError as error:
        raise StarterError(
            say(
                "{file} exists already and was left as it is — name another folder",
                file=str(error.filename),
            )
        ) from error
    except OSError as error:
        raise StarterError(
            say(
                "{file} cannot be written: {reason} — name another folder",
                file=str(path),
                reason=error.strerror or str(error),
            )
        ) from error
    return path
