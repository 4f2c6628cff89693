"""What was found → the block of a source: id, title, publisher, and a licence if it states one.

Nothing is guessed that an operator would be held to: a licence is taken only from the answer
itself, and only when it is one that is known by its address; a commune only from the name of a
town hall.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from harvester.discovery.addresses import host_of
from harvester.discovery.forms import Shape, shape_of
from harvester.discovery.marks import marks_of
from harvester.discovery.search import Candidate
from harvester.sources.rules import licence_meant
from mappings.detecting import Marks
from mappings.functions.general import fold
from vocab.communes import town

_LONGEST_ID = 40
_GENERIC = frozenset(
    {"api", "basic", "data", "download", "elements", "export", "ical", "ics", "json", "outbox"}
    | {"posts", "rss", "sparql", "xml"}
    | {"", "accueil", "actualites", "agenda", "articles", "blog", "calendar", "calendrier", "carte"}
    | {"evenements", "event", "events", "feed", "flux", "home", "index", "map", "news", "site"}
)
_SMALL = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"})
_FIELDS = {
    "ics": re.compile(r"^(?:X-WR-CALNAME|NAME)(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE),
    "xml": re.compile(r"<title\b[^<>]{0,200}>(.{0,400}?)</title", re.DOTALL),
}
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_TITLES = ("$.title", "$.properties.name", "$.name", "$.agenda.title", "$.site.title")
_BETWEEN = re.compile(r"\s+[|–—»«·-]\s+|\s*»\s*")
_STATED = re.compile(
    r"<(?:cc|creativeCommons):license\b(?:[^<>]{0,200}?resource\s?=\s?[\"']([^\"'<>]{1,200})"
    r"|[^<>]{0,200}>\s{0,20}([^<\s]{1,200}))"
    r"|<(?:\w{1,20}:)?(?:a|link)\b([^<>]{0,400}\brel\s?=\s?[\"']license[\"'][^<>]{0,400})>",
    re.IGNORECASE,
)
_HREF = re.compile(r"\bhref\s?=\s?[\"']([^\"'<>]{1,200})", re.IGNORECASE)
_LICENCE_MARKS = (
    "$.licence",
    "$.license",
    "$.osm3s.copyright",
    "$[*].licence",
    "$.metadata.license",
)
_TOWN_HALL = re.compile(
    r"(?:mairie|commune|ville|village)\s+(?:de\s+la\s+|de\s+l['’]\s*|des\s+|du\s+|de\s+|d['’]\s*)(.+)",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
_LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Proposal:
    """The fields of a block, in the order in which they are written.

    ``around`` is the licence that the page around states: it may not be that of the data.
    """

    fields: Mapping[str, str | bool]
    around: str = ""


def proposal(
    candidate: Candidate,
    taken: Collection[str],
    *,
    source_id: str = "",
    territory: Collection[str] = (),
    allow_private: bool = False,
) -> Proposal:
    """The block for ``candidate``.

    Args:
        candidate: what was found.
        taken: the ids that there are.
        source_id: the one to write instead of a proposed one.
        territory: INSEE codes of the communes that the node speaks of.
        allow_private: whether its server may be in a private network.
    """
    shape = shape_of(candidate.content)
    marks = marks_of(shape, candidate.content)
    site = _site_of(candidate)
    title = _title(candidate, shape, marks) or _file_name(candidate.url) or site
    fields: dict[str, str | bool] = {
        "id": source_id or _free(_id(title, candidate.url), taken),
        "kind": candidate.guess.kind,
        "url": candidate.url,
        "title": title,
        "publisher": site,
    }
    if licence := _licence(shape, marks):
        fields["licence"] = licence
    if commune := _commune(f"{site}\n{title}", territory):
        fields["commune"] = commune
    if iterator := _iterator(candidate.guess.kind, marks):
        fields["iterator"] = iterator
    if allow_private:
        fields["allow_private"] = True
    return Proposal(fields, "" if licence else _around(candidate))


def _title(candidate: Candidate, shape: Shape, marks: Marks) -> str:
    """The title that an answer gives itself."""
    if shape.form == "html":
        return _clean(candidate.page.title) if candidate.page else ""
    if shape.form in _FIELDS:
        found = _FIELDS[shape.form].search(shape.text)
        told = _CDATA.sub("", found[1]) if found else ""
        return _clean(told.replace("\\,", ",").replace("\\;", ";"))
    return next((_clean(marks[name][0]) for name in _TITLES if marks.get(name)), "")


def _file_name(url: str) -> str:
    """The name of a file as words: ``lieux_de_mediation.csv``; "" when it says nothing."""
    stem = unquote(PurePosixPath(urlsplit(url).path).stem)
    name = _clean(re.sub(r"[_+-]+", " ", stem))
    said = any(map(str.isalpha, name)) and fold(name) not in _GENERIC
    return f"{name[0].upper()}{name[1:]}" if said else ""


def _site_of(candidate: Candidate) -> str:
    """Who publishes: the name of the site that led there, else the host."""
    page = candidate.page
    if page is not None:
        named = page.named("og:site_name") or page.named("application-name")
        if told := _clean(named or _last_part(page.title)):
            return told
    return host_of(candidate.url) or candidate.url


def _last_part(title: str) -> str:
    """The name of a site in the title of one of its pages: “Agenda - Mairie d'École”."""
    parts = [part for part in _BETWEEN.split(title) if fold(part) not in _GENERIC]
    return parts[-1] if parts else ""


def _clean(text: str) -> str:
    """A title as one line that a terminal can show."""
    return " ".join(_UNSEEN.sub(" ", unescape(text)).split())[:_LONGEST_TITLE]


def _id(title: str, url: str) -> str:
    """An id out of a title; of the host when the title says nothing of its own."""
    words = re.findall(r"[a-z0-9]+", fold(title))
    if "_".join(words) in _GENERIC:
        host = host_of(url)
        words = [*re.findall(r"[a-z0-9]+", fold(host.rpartition(".")[0] or host)), *words]
    return (
        _cut("-".join(word for word in words if word not in _SMALL) or "-".join(words)) or "source"
    )


def _cut(name: str) -> str:
    """A name of whole words, not too long for an address."""
    if len(name) <= _LONGEST_ID:
        return name
    return name[: _LONGEST_ID + 1].rpartition("-")[0] or name[:_LONGEST_ID]


def _free(name: str, taken: Collection[str]) -> str:
    names = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)


def _licence(shape: Shape, marks: Marks) -> str:
    """The licence that an answer states of itself, by the name that ``licence`` takes."""
    known = (name for told in _stated(shape, marks) if (name := licence_meant(told)))
    return next(known, "")


def _stated(shape: Shape, marks: Marks) -> Iterator[str]:
    for name in _LICENCE_MARKS:
        yield from marks.get(name, ())
    if shape.form in {"xml", "html"}:
        yield from _states(shape.text)


def _around(candidate: Candidate) -> str:
    text = candidate.page.text if candidate.page else ""
    return next((name for told in _states(text) if (name := licence_meant(told))), "")


def _states(text: str) -> Iterator[str]:
    """The licences that XML or a page states, as it names them."""
    for resource, written, attributes in _STATED.findall(text):
        yield from (resource or written, *_HREF.findall(attributes))


def _commune(text: str, territory: Collection[str]) -> str:
    """The commune whose town hall publishes, "" when that is not certain."""
    parts = (part.strip() for line in text.splitlines() for part in _BETWEEN.split(line))
    named = {town(found[1]) for part in parts if (found := _TOWN_HALL.fullmatch(part))}
    (code,) = named if len(named) == 1 else ("",)
    return code if code and code in territory else ""


def _iterator(kind: str, marks: Marks) -> str:
    """Where the entries of JSON of no known publisher are, if not where any reader looks."""
    if kind != "json":
        return ""
    paths = marks.get("entries", ())
    deep = next((path for path in paths if path.count(".") > 1), "")
    return "" if any(path.count(".") <= 1 for path in paths) else deep
