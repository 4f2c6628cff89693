"""A block for an address that is in no sources file, so that it can be looked at."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from harvester.sources.faults import explain
from harvester.sources.problems import ConfigError, Problem
from harvester.sources.rules import Surroundings
from harvester.sources.values import Source

_NAMELESS = "source"


class UnfitError(ConfigError):
    """An address cannot be a source, or not as this kind."""

    def render(self, language: str = "en") -> str:
        """What is wrong with it."""
        parts = ((each.message, each.remedy) for each in self.problems)
        return "\n".join(" — ".join(half.render(language) for half in each) for each in parts)


def is_address(text: str) -> bool:
    """Whether ``text`` is meant as an address rather than as the id of a source."""
    return "://" in text or text.startswith("sample:")


def provisional(
    url: str, kind: str, kinds: Collection[str], *, allow_private: bool = False
) -> Source:
    """The block that ``url`` would have, its id made from the host.

    Args:
        url: the address.
        kind: what it is read as.
        kinds: those that there are.
        allow_private: whether it may be in a private network.

    Raises:
        UnfitError: when there is no such kind, or the address is none.
    """
    host = urlsplit(url).hostname or _NAMELESS
    block = {
        "id": re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.").lower()).strip("-") or _NAMELESS,
        "kind": kind,
        "url": url,
        "title": host,
        "publisher": host,
        "allow_private": allow_private,
    }
    try:
        return Source.model_validate(block, context=Surroundings(frozenset(kinds), Path.cwd()))
    except ValidationError as error:
        faults = error.errors(include_url=False)
        told = [explain(each, Source.model_fields) for each in faults]
        raise UnfitError(Path(host), [Problem(None, None, *each) for each in told]) from error
