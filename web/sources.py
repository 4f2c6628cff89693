"""The sources as the pages name them: who publishes them, under which licence, where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from store.published import SourceFacts
from store.reading import plain
from vocab.iris import Iris
from web.texts import link

_LICENCES = MappingProxyType(
    {
        "https://spdx.org/licenses/etalab-2.0.html": "Licence Ouverte 2.0",
        "https://opendatacommons.org/licenses/odbl/1-0/": "ODbL 1.0",
        "https://opendatacommons.org/licenses/by/1-0/": "ODC-BY 1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
    }
)
_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/([\d.]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """A source as a page names it.

    ``address`` is where it is read, "" when that is no web address; ``licence`` is the name of
    its licence and ``licence_address`` the text of it, both "" when it has none; ``agreed``
    tells that its publisher agreed in writing instead. ``changed`` is when a change of its data
    was last published here; ``records`` how many things it describes;
    ``retired`` since when it is read no more. What is not ``known`` was tried, and nothing of it
    is published: its title is all there is.
    """

    id: str
    title: str
    publisher: str = ""
    address: str = ""
    licence: str = ""
    licence_address: str = ""
    agreed: bool = False
    changed: datetime | None = None
    records: int = 0
    known: bool = True
    retired: datetime | None = None

    @classmethod
    def read(cls, facts: SourceFacts, iris: Iris) -> Source:
        """The source that the provenance of a generation describes."""
        agreed = facts.licence == iris.agreement
        return cls(
            id=facts.id,
            title=plain(facts.title),
            publisher=plain(facts.publisher),
            address=link(facts.address),
            licence="" if agreed else licence_name(facts.licence),
            licence_address="" if agreed else link(facts.licence),
            agreed=agreed,
            changed=datetime.fromisoformat(facts.changed) if facts.changed else None,
            records=facts.records,
            retired=datetime.fromisoformat(facts.retired) if facts.retired else None,
        )

    @property
    def path(self) -> str:
        """The page of the source here."""
        return f"/id/source/{self.id}"

    @property
    def unclear(self) -> bool:
        """Whether nobody said under which terms its data may be used."""
        return not (self.licence or self.agreed)


def licence_name(iri: str) -> str:
    """The usual short name of a licence; for one that is not known, its address without scheme."""
    if iri in _LICENCES:
        return _LICENCES[iri]
    if found := _CREATIVE_COMMONS.match(iri):
        return f"CC {found[1].upper()} {found[2]}"
    return re.sub(r"^https?://|/$", "", iri)
