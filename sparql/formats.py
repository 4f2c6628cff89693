"""The formats of results, and which one a client means by its Accept header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sparql.guard import Form
from sparql.values import NotAcceptableError
from vocab.messages import say


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing a result.

    ``key`` is its short name, also the value of the ``format`` parameter; ``media`` what is
    sent; ``aliases`` other media types that clients ask it by, sent back as they were asked;
    ``oxigraph`` the name of the format in pyoxigraph.
    """

    key: str
    media: str
    oxigraph: str
    graph: bool
    extension: str
    aliases: tuple[str, ...] = ()
    charset: bool = False

    def content_type(self, media: str = "") -> str:
        """The Content-Type header, for the media type that the client asked."""
        chosen = media if media in self.aliases else self.media
        return f"{chosen}; charset=utf-8" if self.charset else chosen


FORMATS = (
    Format(
        "json",
        "application/sparql-results+json",
        "JSON",
        graph=False,
        extension="srj",
        aliases=("application/json",),
    ),
    Format(
        "xml",
        "application/sparql-results+xml",
        "XML",
        graph=False,
        extension="srx",
        aliases=("application/xml", "text/xml"),
    ),
    Format("csv", "text/csv", "CSV", graph=False, extension="csv", charset=True),
    Format("tsv", "text/tab-separated-values", "TSV", graph=False, extension="tsv", charset=True),
    Format(
        "turtle",
        "text/turtle",
        "TURTLE",
        graph=True,
        extension="ttl",
        aliases=("application/x-turtle",),
        charset=True,
    ),
    Format(
        "ntriples",
        "application/n-triples",
        "N_TRIPLES",
        graph=True,
        extension="nt",
        aliases=("text/plain",),
        charset=True,
    ),
    Format("jsonld", "application/ld+json", "JSON_LD", graph=True, extension="jsonld"),
    Format(
        "rdfxml",
        "application/rdf+xml",
        "RDF_XML",
        graph=True,
        extension="rdf",
        aliases=("application/xml", "text/xml"),
    ),
    Format("nquads", "application/n-quads", "N_QUADS", graph=True, extension="nq", charset=True),
    Format("trig", "application/trig", "TRIG", graph=True, extension="trig", charset=True),
)
BY_KEY = {format_.key: format_ for format_ in FORMATS}


def formats_of(form: Form) -> tuple[Format, ...]:
    """The formats for the results of a query form; the first is the default."""
    graph = form in ("CONSTRUCT", "DESCRIBE")
    return tuple(format_ for format_ in FORMATS if format_.graph == graph)


def accepted(header: str) -> Iterator[tuple[str, float]]:
    """Media ranges of an Accept header with their q-values (RFC 9110, section 12.5.1)."""
    for part in header.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not media:
            continue
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = _weight(value)
        yield media, weight


def quality(media: str, ranges: Iterable[tuple[str, float]]) -> float:
    """The weight a client gives ``media``: that of the most specific range that covers it."""
    return _covering(media, ranges)[1]


def choose(choices: Sequence[Format], accept: str) -> tuple[Format, str] | None:
    """Which of ``choices`` an Accept header prefers, and the media type it was asked by.

    No header means anything. Among equals, what is named goes before what a range covers, and
    then the order of ``choices`` decides. None when nothing of it is accepted.
    """
    ranges = list(accepted(accept)) or [("*/*", 1.0)]
    offers = []
    for place, format_ in enumerate(choices):
        for media in (format_.media, *format_.aliases):
            rank, weight = _covering(media, ranges)
            offers.append((weight, rank, media == format_.media, -place, format_, media))
    weight, _, _, _, format_, media = max(offers, key=lambda offer: offer[:4])
    return (format_, media) if weight > 0 else None


def negotiate(form: Form, accept: str) -> tuple[Format, str]:
    """The format of an answer to a query, and the media type it was asked by.

    Raises:
        NotAcceptableError: none of the formats of this form is accepted.
    """
    choices = formats_of(form)
    chosen = choose(choices, accept)
    if chosen is None:
        raise NotAcceptableError(
            say(
                "the result of {form} cannot be written as {accept}: accept one of {known}",
                form=form,
                accept=accept,
                known=", ".join(choice.media for choice in choices),
            )
        )
    return chosen


def by_name(form: Form, name: str) -> Format:
    """The format that the ``format`` parameter or an option of the command line names.

    Raises:
        NotAcceptableError: no format of this form has that short name or media type.
    """
    choices = formats_of(form)
    for format_ in choices:
        if name.lower() in (format_.key, format_.extension, format_.media):
            return format_
    raise NotAcceptableError(
        say(
            "the result of {form} cannot be written as {name}: choose one of {known}",
            form=form,
            name=name,
            known=", ".join(choice.key for choice in choices),
        )
    )


def _covering(media: str, ranges: Iterable[tuple[str, float]]) -> tuple[int, float]:
    """How specific the range is that covers ``media`` (0: none does), and its weight."""
    best = (0, 0.0)
    for range_, weight in ranges:
        if range_ == media:
            rank = 3
        elif range_ == media.partition("/")[0] + "/*":
            rank = 2
        elif range_ == "*/*":
            rank = 1
        else:
            continue
        best = max(best, (rank, weight))
    return best


def _weight(value: str) -> float:
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
