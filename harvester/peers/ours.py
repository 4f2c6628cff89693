"""What we published ourselves, coming back from a peer: it is not the peer's to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from harvester.records import Issue
from vocab.messages import say

_ORIGINS = ("prov:wasDerivedFrom", "prov:hadPrimarySource", "prov:specializationOf")


_NODES = 5  # through which it may have come: each encodes the IRI of the one before once more


def came_back(data: Mapping[str, Any], base: str) -> bool:
    """Whether a Record is about a thing of the node at ``base``, or was made of such things only.

    A peer that harvested us keeps our IRI in that of its record
    (``…/id/record/enbauges/https%3A%2F%2F…``, ``vocab.iris``), and says that its entity was
    derived from that record.
    """
    own = data.get("id")
    if isinstance(own, str) and _holds(own, base):
        return True
    origins = [
        each.get("id", "") if isinstance(each, dict) else each
        for name in _ORIGINS
        for each in _listed(data.get(name))
    ]
    return bool(origins) and all(isinstance(each, str) and _holds(each, base) for each in origins)


def our_own(base: str) -> Issue:
    """The issue for each of them."""
    message = say(
        "this was published by this node ({base}) and comes back from the source: it is not read "
        "again as theirs",
        base=base,
    )
    return Issue("our-own", message, "notice")


def _holds(iri: str, base: str) -> bool:
    """Whether ``iri`` is ours, or is made of one of ours; http and https are one here."""
    for _ in range(_NODES):
        iri = unquote(iri)
    place = re.escape(base.partition("://")[2])
    return bool(re.search(rf"(?:^|/)https?://{place}", iri))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
