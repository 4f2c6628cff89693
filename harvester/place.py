"""Where a node keeps its data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store import takedown


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node keeps its data: the ``var`` folder beside its ``sources.toml``."""

    var: Path

    @property
    def store(self) -> Path:
        """The triple store that harvests commit to."""
        return self.var / "store"

    @property
    def state(self) -> Path:
        """The operational state."""
        return self.var / "state.sqlite"

    @property
    def robots(self) -> Path:
        """The robots.txt files that were read lately; it may be lost."""
        return self.var / "robots.json"

    @property
    def captures(self) -> Path:
        """What sources last answered."""
        return self.var / "captures"

    @property
    def changes(self) -> Path:
        """What each run changed."""
        return self.var / "changes"

    @property
    def takedowns(self) -> Path:
        """What must never be kept again."""
        return self.var / takedown.FILE

    def owns(self, path: Path) -> bool:
        """Whether the node cannot do without the file ``path``."""
        rooms = {self.store, self.generations, self.changes}
        return bool(rooms & set(path.parents)) or path in {self.state, self.takedowns}

    @property
    def forgetting(self) -> Path:
        """The mark of a forgetting that is not done in every room yet."""
        return self.var / "forgetting"

    @property
    def unfinished(self) -> Path:
        """The mark of a harvest whose changes are not published yet."""
        return self.var / "unfinished"

    @property
    def generations(self) -> Path:
        """What was published."""
        return self.var / "generations"
