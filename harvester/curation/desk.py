"""What the commands of the editors do: find the thing, decide, write it down, store it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from harvester.check import as_triples
from harvester.curation import file
from harvester.curation.edited import edited
from harvester.curation.properties import Here, called, property_of
from harvester.curation.telling import did, undid
from harvester.curation.values import EDITORS, Edit, Edits, Kind
from harvester.glance import glance
from harvester.ledger import Books
from harvester.life.scrub import unescaped
from harvester.linking.canonical import Terms, canonical_lines
from harvester.records import HarvestError
from harvester.session import Session
from harvester.sources import Config
from harvester.sources.problems import WrongValueError
from harvester.stored import known_of
from store.changes import Lines
from store.things import KINDS
from vocab import term
from vocab.checks import check
from vocab.iris import Iris, is_iri
from vocab.messages import Message, language_of, say

_ENDINGS = ("html", "ttl", "jsonld", "nt", "rdf", "ics")
_CUT = 60  # characters of a name in a list


class CurationError(HarvestError):
    """What an editor asked for cannot be done."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What an editor decides about: its IRI, its name, what is said of it in the canonical graph.

    ``lines`` are those without any decision, empty when no source describes it any more.
    """

    iri: str
    name: str
    lines: Lines

    @property
    def title(self) -> str:
        """How it is named to people."""
        name = self.name or self.iri
        return name if len(name) <= _CUT else f"{name[:_CUT]}…"


class Desk:
    """Decisions about the things of an open node; each is in force when the method returns."""

    def __init__(self, session: Session, config: Config) -> None:
        self._session = session
        self._config = config
        self._path = file.path_beside(config.path)
        self._edits = config.edits

    def decide(
        self,
        kind: Kind,
        given: str,
        *,
        by: str = "",
        why: str = "",
        name: str = "",
        values: tuple[str, ...] = (),
    ) -> Message:
        """Hide, put first or correct the thing that ``given`` names; what was done.

        Raises:
            CurationError: when nothing is there, or the property or the value cannot be.
            StoreError: when something cannot be written.
        """
        if _unwritable(by, why, *values):
            raise CurationError(
                say("that holds bytes that are no text in UTF-8 — check what the terminal sends")
            )
        by, why, *plain = (file.visible(each).strip() for each in (by, why, *values))
        thing = self._thing(given)
        if kind == "pin" and self._edits.find("hide", thing.iri):
            raise CurationError(
                say(
                    "{name} is hidden, and would not be seen — show it first: enbauges curate "
                    "show {iri}",
                    name=thing.title,
                    iri=thing.iri,
                )
            )
        now = self._session.means.clock()
        if not name and (same := self._edits.find(kind, thing.iri)):
            by, why = by or same.by, why or same.why  # said once more, it still holds
        edit = Edit(kind, thing.iri, now, by or EDITORS, why, name, tuple(plain))
        edit = self._understood(edit)
        if kind == "correct":
            self._check(edit, thing)
        if any(map(self._session.means.takedowns.bars_text, edit.texts)):
            raise CurationError(
                say("that holds what was forgotten on request, and is not published again")
            )
        before = self._edits.find(kind, edit.entity, edit.name)
        if before and replace(before, at=edit.at) == edit:
            return say("{name}: that is so already; nothing was changed", name=thing.title)
        file.write(self._path, edit, thing.name or thing.iri)
        self._follow(self._edits.with_(edit))
        return did(edit, thing.title)

    def undo(self, kind: Kind, given: str, name: str = "") -> Message:
        """Take back a decision; what the sources say holds again.

        Raises:
            CurationError: when there is no such decision.
            StoreError: when something cannot be written.
        """
        iri = self._iri(given)
        edit = self._edits.find(kind, iri, self._name(name, iri) if name else "")
        if edit is None:
            raise CurationError(
                say(
                    "nothing of the kind was decided about {iri} — see: enbauges curate list",
                    iri=iri,
                )
            )
        thing = self._thing(iri)
        file.erase(self._path, edit)
        self._follow(Edits(tuple(each for each in self._edits.all if each != edit)))
        return undid(edit, thing.title)

    def listed(self) -> Iterator[tuple[Edit, str]]:
        """All decisions, and the names of what they are about."""
        for edit in self._edits.all:
            yield edit, self._thing(edit.entity, known=True).title

    def _follow(self, edits: Edits) -> None:
        self._edits = edits
        self._session.curate(edits)

    # What is meant

    def _understood(self, edit: Edit) -> Edit:
        try:
            return file.understood(edit, self._here)
        except WrongValueError as error:
            raise _told(error) from error

    def _name(self, name: str, iri: str) -> str:
        try:
            return property_of(name, file.kind_of(iri))
        except WrongValueError as error:
            raise _told(error) from error

    @property
    def _here(self) -> Here:
        return Here(self._iris, self._config.site.timezone)

    @property
    def _iris(self) -> Iris:
        return self._session.means.iris

    def _iri(self, given: str) -> str:
        """The entity that an address names: its IRI, its page here or elsewhere, a record.

        Also the page of its publisher, where one thing alone has it.
        """
        store, iris = self._session.means.store, self._iris
        rooms = tuple(f"{iris.base}id/{kind}/" for kind in KINDS)
        for candidate in _candidates(given, iris):
            if candidate.startswith(rooms):
                return candidate
            linked = store.about(iris.graph("links"), candidate, term("prov:specializationOf"))
            if linked:
                return min(linked).split(" ")[2][1:-1]
        pages = iris.graph("canonical"), term("schema:url"), given
        found = store.subjects(*pages) if is_iri(given) else ()
        entities = {each for each in found if each.startswith(rooms)}
        if len(entities) == 1:
            return entities.pop()
        raise CurationError(
            say(
                "{given} names nothing of this node — copy the address of its page here, such as "
                "{example}",
                given=given,
                example=f"{rooms[0]}…",
            )
        )

    def _thing(self, given: str, *, known: bool = False) -> Thing:
        """The thing, as its sources describe it.

        Raises:
            CurationError: when no source does, unless a decision about it is ``known``.
        """
        iri = self._iri(given)
        known = known or bool(self._edits.of(iri))
        lines = self._plain(iri)
        if not lines and not known:
            raise CurationError(
                say(
                    "nothing is known at {iri} — copy the address of its page; what was withdrawn "
                    "or forgotten cannot be decided about",
                    iri=iri,
                )
            )
        return Thing(iri, unescaped(glance(iri, lines).name), lines)

    def _plain(self, iri: str) -> Lines:
        """What its sources say of an entity, as the canonical graph would without decisions."""
        means, found = self._session.means, frozenset[str]()
        books = Books(means.store, self._iris)
        for source in books.sources_of({iri}):
            links, known = books.of(source).links, known_of(means, source)
            for record, entity in links.items():
                if entity == iri and record in known.records:
                    lines = known.records[record]
                    found |= canonical_lines(record, lines, Terms(), links.get, self._iris)
        return found

    def _check(self, edit: Edit, thing: Thing) -> None:
        """Refuse what would break a rule that the thing keeps without it."""
        after = edited(thing.iri, thing.lines, self._edits.with_(edit).of(thing.iri), self._iris)
        now = self._session.means.clock()
        broken = {(each.focus, each.code) for each in check(as_triples(thing.lines), now)}
        for finding in check(as_triples(after), now):
            if finding.severity == "violation" and (finding.focus, finding.code) not in broken:
                raise CurationError(
                    say(
                        "{name}: {what} — nothing was changed",
                        name=called(edit.name, language_of()),
                        what=finding.message.render(language_of()),
                    )
                )


def _unwritable(*texts: str) -> bool:
    """Whether one of the texts cannot be written: its bytes were those of another encoding."""
    return any(0xD800 <= ord(char) <= 0xDFFF for text in texts for char in text)  # noqa: PLR2004


def _told(error: WrongValueError) -> CurationError:
    language = language_of()
    what, remedy = error.message.render(language), error.remedy.render(language)
    return CurationError(say("{what} — {remedy}", what=what, remedy=remedy))


def _candidates(given: str, iris: Iris) -> Iterator[str]:
    """The IRIs of this node that an address may stand for, wherever the node is served."""
    whole = given.strip().partition("#")[0].partition("?")[0]
    before, mark, key = whole.partition("/id/" if "://" in whole else "id/")
    if mark and ("://" in before or before in ("", "/")):
        stem, _, ending = key.rpartition(".")
        key = stem if ending in _ENDINGS else key
        yield from dict.fromkeys((f"{iris.base}id/{key}", f"{iris.base}id/{unquote(key)}"))
