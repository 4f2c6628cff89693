"""Where every instance IRI of a node is minted, and nowhere else.

The patterns are those of the design (graphs and IRIs). A ``Iris`` is made from the
``[site] base`` of ``sources.toml``; the vocabulary's own namespaces are constants of
``vocab`` and the same on every node.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import NamedNode

_SAFE = "-._~"  # RFC 3986 unreserved, as RML templates keep them
_TAKEN = "%/?:@!$&'()*+,;=~"
_STRAY = re.compile("%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_STEPS = frozenset({".", ".."})  # RFC 3986, section 5.2.4


def encode(text: str) -> str:
    """``text`` percent-encoded as one IRI segment; letters beyond ASCII stay (RFC 3987).

    Half a surrogate pair, which is no character, is written as a question mark. A segment of
    one or two dots would lead elsewhere, even as ``%2E``, which clients read as a dot: it is
    encoded twice.
    """
    if text in _STEPS:
        return text.replace(".", "%252E")
    return "".join(
        char if char.isalnum() or char in _SAFE else quote(char, safe="", errors="replace")
        for char in text
    )


def is_iri(text: str) -> bool:
    """Whether ``text`` can name anything at all."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def iri_of_address(url: str) -> str:
    """A web address as an IRI: what servers take and no IRI has (RFC 3987, 2.2) is encoded.

    ``?page[size]=20`` of JSON:API, ``?q=50%``, a second ``#``.
    """
    if is_iri(url):
        return url
    found = _AUTHORITY.match(url)
    start = found.end() if found else 0
    before, mark, fragment = url[start:].partition("#")
    rest = mark.join(quote(_STRAY.sub("%25", part), safe=_TAKEN) for part in (before, fragment))
    return url[:start] + rest


@dataclass(frozen=True, slots=True)
class Iris:
    """The IRIs of one node. ``base`` ends with ``/``."""

    base: str

    def source(self, source_id: str) -> str:
        """The source as a dataset (dcat:Dataset)."""
        return f"{self.base}id/source/{source_id}"

    def record(self, source_id: str, *key: str) -> str:
        """What one source says of one thing; an occurrence adds its recurrence id to the key."""
        return f"{self.records}{source_id}/" + "/".join(map(encode, key))

    @property
    def records(self) -> str:
        """What the IRI of every record of the node starts with."""
        return f"{self.base}id/record/"

    def entity(self, kind: str, *key: str) -> str:
        """A canonical entity: ``kind`` is one of ``store.things.KINDS``."""
        return f"{self.base}id/{kind}/" + "/".join(map(encode, key))

    def commune(self, insee: str) -> str:
        """A municipality, by its INSEE code."""
        return f"{self.base}id/commune/{encode(insee)}"

    @property
    def runs(self) -> str:
        """What the IRI of every harvest run of the node starts with."""
        return f"{self.base}id/activity/harvest/"

    def activity(self, source_id: str, stamp: str) -> str:
        """One harvest run of one source (prov:Activity); ``stamp`` is UTC, ``20261122T101500Z``."""
        return f"{self.runs}{source_id}/{stamp}"

    def metric(self, name: str) -> str:
        """What is measured of each source (dqv:Metric), such as its completeness."""
        return f"{self.base}id/metric/{name}"

    def measure(self, source_id: str, name: str) -> str:
        """What a metric says of one source (dqv:QualityMeasurement)."""
        return f"{self.base}id/measure/{source_id}/{name}"

    def software(self, version: str) -> str:
        """One version of the harvester (prov:SoftwareAgent)."""
        return f"{self.base}id/software/enbauges-{encode(version)}"

    @property
    def curation(self) -> str:
        """All that was decided by hand, as one thing (prov:Entity)."""
        return f"{self.base}id/curation"

    def editor(self, name: str) -> str:
        """Whoever decided by hand what is shown (prov:Agent), under the name they gave."""
        return f"{self.base}id/editor/{encode(name)}"

    @property
    def agreement(self) -> str:
        """The licence document of sources whose publishers agreed with this node in writing."""
        return f"{self.base}id/licence/accord"

    def genid(self, record: str, path: str) -> str:
        """A skolem IRI (RDF 1.1, section 3.5) for a blank node of ``record``."""
        key = record.removeprefix(self.records)
        return f"{self.skolems}{key}#{encode(path)}"

    @property
    def skolems(self) -> str:
        """What the IRI of every blank node of the node starts with."""
        return f"{self.base}.well-known/genid/"

    def source_graph(self, source_id: str) -> str:
        """The named graph that holds exactly what one source says."""
        return f"{self.base}graph/source/{source_id}"

    def graph(self, name: str) -> str:
        """A graph of the node: canonical, provenance, links, tombstones, vocabulary."""
        return f"{self.base}graph/{name}"

    def record_of(self, subject: str) -> str | None:
        """The record that a subject of a source graph belongs to, or None for a foreign one."""
        whole = subject.partition("#")[0]
        if whole.startswith(self.skolems):
            return self.records + whole.removeprefix(self.skolems)
        return whole if whole.startswith(self.records) else None


def mint_key(seed: str) -> str:
    """A 13-letter base32 key (65 bits of SHA-256) for a canonical entity.

    Made from the IRI of the first record that described the entity, so that a run repeated
    after a crash mints the same key; from then on the link in ``graph/links`` keeps it.
    """
    digest = hashlib.sha256(seed.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:13]
