"""What is behind each address of the namespaces, as statements: for who serves them.

Paths are those of the addresses themselves, without the leading slash: ``ns``,
``ns/{version}``, ``shapes``, ``concept/{scheme}``, ``concept/{scheme}/{slug}``, and
``concept/sources`` for the documents that they are taken from. The pages of the same addresses
are in ``vocab.pages``.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Triple

from vocab import CONCEPT, ROOM, load_graph, read_turtle
from vocab.concepts import SCHEMES, document_iri, written

_SOURCES = f"<{document_iri('')}"


def description(path: str) -> tuple[Triple, ...]:
    """The statements behind an address; none when there is nothing at that address.

    A concept scheme comes with its concepts, a concept alone; a version as it was published.
    """
    if path == "ns":
        return tuple(read_turtle(ROOM / "enbauges.ttl"))
    if path == "shapes":
        return tuple(read_turtle(ROOM / "shapes.ttl"))
    room, _, rest = path.partition("/")
    if room == "ns" and rest in versions():
        return tuple(read_turtle(ROOM / "versions" / f"{rest}.ttl"))
    if room == "concept":
        scheme, _, slug = rest.partition("/")
        if scheme == "sources":
            return tuple(one for one in load_graph() if str(one.subject).startswith(_SOURCES))
        return _concepts(scheme, slug) if scheme in SCHEMES else ()
    return ()


def versions() -> tuple[str, ...]:
    """The versions that were published, oldest first."""
    return tuple(sorted((path.stem for path in (ROOM / "versions").glob("*.ttl")), key=_numbers))


def turtle(triples: Iterable[Triple]) -> str:
    """Turtle with the prefixes of the vocabulary's own files, the same at each call."""
    return written(triples)


def _concepts(scheme: str, slug: str) -> tuple[Triple, ...]:
    own = f"<{CONCEPT}{scheme}"
    if slug:
        wanted = f"{own}/{slug}>"
        return tuple(triple for triple in load_graph() if str(triple.subject) == wanted)
    return tuple(
        triple for triple in load_graph() if str(triple.subject).startswith((f"{own}>", f"{own}/"))
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
