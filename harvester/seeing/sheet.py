"""Lines for a terminal of eighty columns, in the language of whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from textwrap import wrap
from types import MappingProxyType

from harvester.seeing.terms import Terms
from harvester.telling.wording import issue_lines
from store.standing import StoredIssue
from vocab.messages import Message

WIDTH = 80
_LEFT = 30  # columns of the names, at most
_LINES = 3  # of one value
_STEERING = re.compile(r"[\x00-\x20\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_ALL = 1_000  # lines: more than any fact has
_WEIGHT = ("error", "warning", "notice")
MARKS = MappingProxyType({"error": "✗ ", "warning": "! ", "notice": "• "})
"""What stands before an issue: an error left an entry out, a warning changed a value."""


def bare(text: str) -> str:
    """``text`` on one line and without what would steer a terminal: it may be a stranger's."""
    return _STEERING.sub(" ", text).strip(" ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lays lines out for a person of a language, in so many columns."""

    terms: Terms
    width: int = WIDTH

    def say(self, message: Message) -> str:
        """A sentence in the person's language."""
        return message.render(self.terms.language)

    def pairs(
        self,
        told: Iterable[tuple[str, str]],
        indent: int = 4,
        most: int = _LEFT,
        lines: int = _LINES,
    ) -> Iterator[str]:
        """Names and values in two columns; a long value goes on under itself.

        The first column has ``most`` columns at most, and a longer name a line of its own; of a
        value so many ``lines`` are shown.
        """
        pairs = [(bare(name), value) for name, value in told]
        left = min(max((len(name) for name, _ in pairs), default=0), most)
        for name, value in pairs:
            folded = self.folded(value, self.width - indent - left - 2, lines)
            if len(name) > left:
                yield " " * indent + name
            heads = [name if len(name) <= left else "", *[""] * (len(folded) - 1)]
            for head, line in zip(heads, folded, strict=True):
                yield f"{' ' * indent}{head:<{left}}  {line}"

    def folded(self, value: str, room: int, most: int = _LINES) -> list[str]:
        """``value`` in at most so many lines of ``room`` columns, cut where it is longer."""
        lines = wrap(bare(value), room, break_on_hyphens=False) or [""]
        if len(lines) > most:
            return [*lines[: most - 1], lines[most - 1][: room - 1] + "…"]
        return lines

    def facts(self, told: Iterable[tuple[Message, str]]) -> Iterator[str]:
        """What is known of a source, in full."""
        yield from self.pairs(((self.say(name), value) for name, value in told), 2, lines=_ALL)

    def sentence(self, text: str, mark: str = "", indent: int = 4) -> Iterator[str]:
        """A sentence in full, folded."""
        first, further = " " * indent + mark, " " * (indent + len(mark))
        yield from wrap(
            bare(text), self.width, initial_indent=first, subsequent_indent=further,
            break_on_hyphens=False,
        )  # fmt: skip

    def issues(self, issues: Iterable[StoredIssue]) -> Iterator[str]:
        """What was not understood, one of each kind: what is no entry's own, then the gravest."""
        kinds: dict[str, list[StoredIssue]] = {}
        for issue in issues:
            kinds.setdefault(issue.code, []).append(issue)

        def weight(kind: list[StoredIssue]) -> tuple[bool, int, int]:
            first = kind[0]
            own = bool(first.key or first.where)
            return own, _WEIGHT.index(first.severity), -sum(each.count for each in kind)

        for kind in sorted(kinds.values(), key=weight):
            first, count = kind[0], sum(each.count for each in kind)
            (text,) = issue_lines([replace(first, count=1)], self.terms.language)
            told = f"{text} ({first.code}\u00a0×\u00a0{count})" if count > 1 else text
            yield from self.sentence(told, MARKS[first.severity])
