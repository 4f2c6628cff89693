"""A measured figure and how a table shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` of ``name``; ``goal`` as the project states it, "" when it only watches it."""

    name: str
    value: float
    goal: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"| {self.name} | {self.value:.2f} | {self.goal} | {self.note} |"
