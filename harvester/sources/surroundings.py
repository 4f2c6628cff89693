"""What the rules of ``sources.toml`` need to know besides the value that they judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vocab.territory.atlas import Atlas, shipped


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The kinds that the mappings offer, the folder of the file, and the communes that are known.

    They come in the validation context; without it the rules that need them are not held, but
    that of communes, which takes those that the program ships.
    """

    kinds: frozenset[str]
    directory: Path
    atlas: Atlas = field(default_factory=shipped)
