"""How municipalities are recognised in text, and in fields for names of towns.

Which there are is told by the atlas in force (``vocab.territory``). ``territory/elsewhere.txt``
lists towns and regions around, so that they are known not to be here.

Precision comes before recall. A name counts

- after a postcode of its department, which decides alone ("73630 École");
- before a department in brackets ("École (73)");
- as a whole part of the text, written with its capital ("Salle des fêtes, École"), a common
  one only where another part goes before it;
- at the end of a part after "à" or "de" ("Mairie d'Arith", "Église du Châtelard"), not a
  common one, and not in a part that tells a way ("route d'Annecy").

Two different communes in one text are none, and so is a name that two of them bear, where no
postcode nor department tells which. A former commune is the one that it merged into, under a
name of several words ("Cran-Gevrier"); one word ("Étable") counts in a field for names of towns
and after a postcode only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vocab import ROOM
from vocab.territory.atlas import Atlas, atlas
from vocab.words import normalise

ELSEWHERE: Final = "elsewhere"
"""A text names a place that is none of these communes, or several of them."""

_AROUND = ROOM / "territory" / "elsewhere.txt"
_REMEMBERED = 16_384  # texts: a source repeats the same few halls

_PARTS = re.compile(r"[,;:()\[\]\n|/•·–—]|\s-+\s|\s-+$|^-+\s")
_POSTCODE = re.compile(r"(?<!\d)(\d{5})(?!\d)\s*(?:[-–]\s*)?(.*?)(?=(?<!\d)\d{5}(?!\d)|$)")
_DEPARTMENT = re.compile(r"\(\s*(\d[\dAB])\s*\)")
_NUMBERED = re.compile(r"\d{5}|\(\s*\d[\dAB]\s*\)")
_CODE = re.compile(r"\d[\dAB]\d{3}")
_WORD = re.compile(r"[^\W_]+")
_CEDEX = re.compile(r" cedex( \d{1,2})?$")
_INVERTED = re.compile(r"(.+?)\s*\(\s*(l[ae]s?|l['’])\s*\)", re.IGNORECASE)
_SAINTS = {"st": "saint", "ste": "sainte"}
_ARTICLES = frozenset({"le", "la", "les", "l"})
_BEFORE = {
    **dict.fromkeys(("a", "de", "d"), ""),
    **dict.fromkeys(("au", "du"), "le "),
    **dict.fromkeys(("aux", "des"), "les "),
}
"""What stands before a commune at the end of a part, and the article that it took in."""

# fmt: off
_TELLS_A_WAY = frozenset(
    {
        "rue", "route", "rte", "avenue", "av", "chemin", "ch", "impasse", "allee", "boulevard",
        "bd", "bvd", "quai", "square", "faubourg", "montee", "lotissement", "lac", "col",
        "massif", "vallee", "vallon", "plateau", "bassin", "pays", "parc", "pres", "direction",
        "entre", "vers", "hors", "depuis", "sortie", "ligne", "train", "bus", "km", "environs",
        "sud", "nord", "est", "ouest", "agglomeration", "communaute", "canton", "diocese",
        "departement", "academie", "gymnase", "lycee", "college", "tour"
    }
)
# fmt: on
_COUNTRY = frozenset({"france", "savoie", "haute savoie", "fr", "cedex"})


Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Table:
    """Normalised name → the INSEE codes of those who bear it, or ``ELSEWHERE`` for names around.

    ``names`` count everywhere, ``fields`` in fields for names of towns and after postcodes as
    well; ``bare`` are names without their article. ``marks`` are the codes of common names;
    ``hints`` one word of every name.
    """

    atlas: Atlas
    names: Mapping[str, Codes]
    fields: Mapping[str, Codes]
    bare: Mapping[str, Codes]
    marks: Mapping[str, str]
    hints: frozenset[str]
    longest: int

    def posted(self, postcode: str) -> str | None:
        """The commune of a postcode that is of no other."""
        codes = self.atlas.by_postcode.get(postcode, ())
        return codes[0] if len(codes) == 1 else None

    def fitting(self, codes: Codes, postcode: str) -> Codes:
        """Those of ``codes`` whose postcode it is, else those of its department."""
        known = self.atlas.communes
        here = {code for code in codes if code in known}
        exact = {code for code in here if postcode in known[code].postcodes}
        return frozenset(exact or {code for code in here if self.atlas.fits(code, postcode)})


def commune_in(text: str) -> str | None:
    """The INSEE code of the one commune that ``text``, a location or an address, names."""
    found = whereabouts(text)
    return None if found == ELSEWHERE else found


def whereabouts(text: str) -> str | None:
    """As ``commune_in``, but ``ELSEWHERE`` for a place that is not here, or not one place."""
    return _whereabouts(text, atlas())


@lru_cache(_REMEMBERED)
def _whereabouts(text: str, known: Atlas) -> str | None:
    table = _table(known)
    if table.hints.isdisjoint(_key(text).split()) and not _NUMBERED.search(text):
        return None
    if "://" in text:
        return None
    spelled = _DEPARTMENT.sub(r",\g<1>000,", text)
    parts = [part for each in _PARTS.split(spelled) if (part := each.strip(" \t\r.-"))]
    if posted := {found for part in parts for found in _posted(part, table)}:
        return _one(posted)
    parts = [part for part in parts if normalise(part) not in _COUNTRY]
    named = [_named(parts, place, table) for place in range(len(parts))]
    sure = {code for code, certain in named if code and certain}
    return _one(sure) or _one({code for code, _ in named if code})


def town(name: str, postcode: str = "") -> str | None:
    """The commune that a field for names of towns holds, whatever its case and article.

    A hamlet or an old commune, or no name at all, is where ``postcode`` is, if that is the
    postcode of one commune only. ``ELSEWHERE`` when the field holds another town: an unknown
    name is one, unless ``postcode`` is of a department of the atlas.
    """
    return _town(name, postcode, atlas())


@lru_cache(_REMEMBERED)
def _town(name: str, postcode: str, known: Atlas) -> str | None:
    table = _table(known)
    if match := _INVERTED.fullmatch(name.strip()):
        name = f"{match[2]} {match[1]}"
    key = _CEDEX.sub("", _key(name))
    is_away = bool(postcode) and not known.is_here(postcode)
    if is_away or not key:
        return ELSEWHERE if is_away else table.posted(postcode)
    codes = table.fields.get(key) or table.bare.get(key) or frozenset()
    if not codes and (found := whereabouts(name)):
        return found
    if not codes:
        return table.posted(postcode) if postcode else ELSEWHERE
    return _one(table.fitting(codes, postcode) if postcode else codes) or ELSEWHERE


def _one(found: Codes | set[str]) -> str | None:
    """What is found, when it is one; elsewhere when it is several."""
    return None if not found else next(iter(found)) if len(found) == 1 else ELSEWHERE


def _posted(part: str, table: _Table) -> Iterator[str]:
    """The commune after a postcode; elsewhere for a postcode of another department."""
    for match in _POSTCODE.finditer(part):
        words = _key(match[2]).split()
        if not table.atlas.is_here(match[1]):
            if words and _has_capital(match[2]):
                yield ELSEWHERE
            continue
        for size in range(min(len(words), table.longest), 0, -1):
            codes = table.fields.get(" ".join(words[:size]), frozenset())
            if _ends(words[size:]) and (found := _one(table.fitting(codes, match[1]))):
                yield found
                break


def _named(parts: list[str], place: int, table: _Table) -> tuple[str | None, bool]:
    """What one part of a text names, and whether that is certain."""
    part = parts[place]
    if _CODE.fullmatch(part):
        return None if table.atlas.is_here(part) else ELSEWHERE, True
    key = _key(part)
    department = _department_after(parts, place, table)
    codes = table.names.get(key)
    if codes and department:
        codes = table.fitting(codes, department)
    if not codes:
        return _at_the_end(part, key.split(), table), True
    if not _has_capital(part):
        return None, False
    marks = {table.marks[code] for code in codes if code in table.marks}
    if not marks or department:
        return _one(codes), True
    told = place > 0 or (marks == {"name"} and len(parts) == 1)
    return _one(codes) if told else None, False


def _department_after(parts: list[str], place: int, table: _Table) -> str:
    """The postcode, or the department as one, that follows a part; "" without it."""
    after = parts[place + 1] if place + 1 < len(parts) else ""
    return after if _CODE.fullmatch(after) and table.atlas.is_here(after) else ""


def _ends(rest: list[str]) -> bool:
    """Whether a name ends here: what follows is no "sous", "la", "Saint"… that goes on with it."""
    return not rest or rest[0] in _COUNTRY or rest[0] == "haute" or rest[0].isdigit()


def _at_the_end(part: str, words: list[str], table: _Table) -> str | None:
    """The commune that ends ``part`` after a preposition; the longest name is the one meant."""
    if not _TELLS_A_WAY.isdisjoint(words):
        return None
    raw = _WORD.findall(part)
    if len(raw) != len(words):
        return None
    for start in range(max(1, len(words) - table.longest), len(words)):
        name = " ".join(words[start:])
        before = _BEFORE.get(words[start - 1])
        codes = table.names.get(f"{before or ''}{name}")
        if codes is None and name not in table.names:
            continue
        capital = raw[start][0].isupper() or (words[start] in _ARTICLES and _has_capital(part))
        usable = codes and before is not None and capital and codes.isdisjoint(table.marks)
        return _one(codes or frozenset()) if usable else None
    return None


def _has_capital(part: str) -> bool:
    """Whether the first word that is no article begins with a capital."""
    words = _WORD.findall(part)
    first = next((word for word in words if normalise(word) not in _ARTICLES), "")
    return first[:1].isupper()


def _key(text: str) -> str:
    """``text`` for comparison: no case, accents, hyphens or short saints."""
    plain = normalise(text)
    if "st" not in plain:
        return plain
    return " ".join(_SAINTS.get(word, word) for word in plain.split())


@lru_cache(4)
def _table(known: Atlas) -> _Table:
    """The names of an atlas, looked up a thousand times a second."""
    names, fields = _names(known)
    names |= {key: frozenset({ELSEWHERE}) for key in _around() if key not in names}
    fields = {**names, **{key: codes for key, codes in fields.items() if key not in names}}
    bare: dict[str, Codes] = {}
    for key, codes in fields.items():
        article, _, rest = key.partition(" ")
        if article in _ARTICLES and rest and rest not in fields:
            bare[rest] = bare.get(rest, frozenset()) | codes
    return _Table(
        known,
        names,
        fields,
        bare,
        {code: each.common for code, each in known.communes.items() if each.common},
        frozenset(max(key.split(), key=len) for key in fields),
        max(len(key.split()) for key in fields),
    )


def _names(known: Atlas) -> tuple[dict[str, Codes], dict[str, Codes]]:
    """The names that count everywhere, and those that count in fields only."""
    everywhere: defaultdict[str, Codes] = defaultdict(frozenset)
    fields: defaultdict[str, Codes] = defaultdict(frozenset)
    for code, commune in known.communes.items():
        for name in (commune.name, *commune.also):
            everywhere[_key(name)] |= {code}
    for code, commune in known.communes.items():
        for former in commune.former:
            key = _key(former.name)
            if key in everywhere:
                continue  # a commune of today bears it
            fields[key] |= {code}
    for key, codes in fields.items():
        if len(set(key.split()) - _ARTICLES) > 1 and len(codes) == 1:
            everywhere[key] = codes
    return dict(everywhere), dict(fields)


def _around() -> Iterator[str]:
    return map(_key, _AROUND.read_text("utf-8").splitlines())
