"""How a person reaches a source: a command line that shows its answer, its publisher's feed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harvester.appraisal.health import Health
from harvester.fetch import user_agent
from harvester.sources import Site
from store.follow import address_of
from store.standing import StoredIssue

_SECONDS = 60  # as long as the harvester waits
_GLANCE = 2000  # bytes of an answer: its headers, and enough to tell a calendar from a page
_AROUND = 3  # lines before and after the one that is meant
_LINE = re.compile(r"(?:^|, )line ([0-9]{1,9})$")


@dataclass(frozen=True, slots=True)
class Reach:
    """A ``command`` that shows what a source answers, and where its publisher can ``follow`` it.

    Either is "" when there is none.
    """

    command: str = ""
    follow: str = ""


def reach(health: Health, site: Site, var: Path, version: str) -> Reach:
    """How to reach a source from the node of ``site``, whose data lie in ``var``.

    Raises:
        StoreError: when the node's secret cannot be read.
    """
    agent = user_agent(version, site.base, site.contact)
    return Reach(command_of(health, agent), address_of(var, site.base, health.source.id))


def command_of(health: Health, agent: str) -> str:
    """A ``curl`` line that asks the address as ``agent`` does, and shows how its answer begins.

    Where the source can be read but the line of an entry that was left out is known, it shows
    the lines around that one. It is fit to be pasted into a shell; "" for a bundled sample,
    which no one serves.
    """
    address = health.source.url
    issues = () if health.state.outcome == "failed" else health.refused
    if address.startswith("sample:"):
        return ""
    words = ["curl", "-sSL", "--compressed", "-m", str(_SECONDS), "-A", agent]
    if line := _line_of(issues):
        shown = f"{max(1, line - _AROUND)},{line + _AROUND}p"
        return f"{shlex.join([*words, address])} | sed -n {shown}"
    return f"{shlex.join([*words, '-i', address])} | head -c {_GLANCE}"


def _line_of(issues: Iterable[StoredIssue]) -> int | None:
    """The line of the first of ``issues`` that tells one."""
    found = (_LINE.search(issue.where) for issue in issues)
    return next((int(match[1]) for match in found if match), None)
