"""The life of a source beyond its harvests: retired, renamed.

Each of these is a run of its own, with its activity and its entry in the change log, and goes
the one way: a Changeset, committed as one update, then the state (design, rule 3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from harvester.ledger import Books
from harvester.life.renaming import Renaming
from harvester.life.strays import has_ended
from harvester.means import Means
from harvester.provenance import renamed_lines, retired_lines
from harvester.records import HarvestError
from harvester.session import Session
from harvester.settle import settle
from harvester.sources import Config
from harvester.stored import known_of, remembered, run_of, towards
from store import takedown
from store.changelog import Entry
from store.changes import Changeset, Delta
from store.errors import told
from store.statelife import drop_source, rename_source
from vocab.messages import Message, say

RETIRED = "Source retirée : ses données restent, elle n'est plus lue"
WITHDRAWN = "Source retirée avec ses données"
RENAMED = "Source renommée"


class LifeError(HarvestError):
    """What was asked of a source cannot be done as things are."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to a source: how many records it concerned, and the Changeset."""

    source: str
    records: int
    changeset: Changeset


def retire(session: Session, config: Config, source: str, *, withdraw: bool) -> Done:
    """Read ``source`` no more. Its data stay published, or are withdrawn and leave tombstones.

    What was known of it between two runs goes, and so do the captures, which were kept to be
    read again; the change log stays.

    Raises:
        LifeError: when the sources file still names it, or there is nothing of it.
        StoreError: when something cannot be written.
    """
    means = session.means
    if any(each.id == source for each in config.sources):
        raise LifeError(_still_there(source, config.path))
    ledger, known = Books(means.store, means.iris).of(source), known_of(means, source)
    if not (ledger.dataset or known.records):
        raise LifeError(_unknown(source))
    if not known.records and has_ended(ledger.dataset):
        raise LifeError(say("{source} was withdrawn already: nothing of it is left", source=source))
    run = run_of(
        means, remembered(source, ledger.dataset, means.iris), WITHDRAWN if withdraw else RETIRED
    )
    mark = retired_lines(run)
    if withdraw:
        changeset = settle(
            towards(known, {}), known, ledger, replace(run, described=mark)
        ).changeset
    elif has_ended(ledger.dataset):
        _forget_between_runs(means, source)  # what an interruption may have left
        raise LifeError(_retired_already(source))
    else:
        added = mark | run.lines()
        changeset = Changeset({means.iris.graph("provenance"): Delta(added=added)})
    session.commit(Entry(source, run.at, run.activity, changeset))
    _forget_between_runs(means, source)
    return Done(source, len(known.records), changeset)


def _forget_between_runs(means: Means, source: str) -> None:
    """Drop what is kept of a source to read it again, so that it is read anew if it comes back."""
    drop_source(means.state.path, source)
    means.captures.drop(source)


def rename(session: Session, config: Config, old: str, new: str) -> Done:
    """Let what is kept of the source ``old`` be that of ``new``; entities keep their IRIs.

    It may be done again after an interruption: what is still under the old id follows.

    Raises:
        LifeError: when the sources file does not name ``new``, or still ``old``; when there is
            nothing of ``old``, or data of ``new``.
        StoreError: when something cannot be written.
    """
    means, iris = session.means, session.means.iris
    renaming, changeset, records = Renaming(old, new, iris), Changeset({}), 0
    if _stands_under(session, config, old, new):
        names = (name for name in means.store.graph_names() if name != iris.graph("vocabulary"))
        changeset = renaming.of_store({name: means.store.lines(name) for name in names})
        records = len(known_of(means, old).records)
        run = run_of(means, config.source(new), RENAMED)
        told_of = Changeset(
            {iris.graph("provenance"): Delta(added=run.lines() | renamed_lines(old, run))}
        )
        entry = Entry(new, run.at, run.activity, told_of)
        if means.takedowns:  # before the data: what is barred never stands under an id it lacks
            takedown.save(means.takedowns.renamed(old, new), session.place.takedowns)
        session.commit(entry, Changeset.merge([changeset, told_of]))
    rename_source(means.state.path, old, new, renaming.iri)
    _move(session.place.captures / old, session.place.captures / new)
    for path in means.changelog.paths(old):
        before = means.changelog.read(path)
        activity, changes = renaming.iri(before.activity), renaming.changeset(before.changeset)
        means.changelog.rewrite(path, replace(before, activity=activity, changeset=changes))
    _move(session.place.changes / old, session.place.changes / new)
    return Done(new, records, changeset)


def retired_message(done: Done, *, withdrawn: bool) -> Message:
    """What the operator is told of a source that was retired."""
    if withdrawn:
        return say(
            "{source}: retired; records withdrawn: {count}", source=done.source, count=done.records
        )
    return say(
        "{source}: retired; its {count} records stay published, and are read no more",
        source=done.source,
        count=done.records,
    )


def renamed(old: str, done: Done) -> Message:
    """What the operator is told of a source that was renamed."""
    return say(
        "{old} is now {new}; records moved: {count}", old=old, new=done.source, count=done.records
    )


def _stands_under(session: Session, config: Config, old: str, new: str) -> bool:
    """Whether the store still holds the source under ``old``; an error when it may not be moved."""
    means, place = session.means, session.place
    if any(each.id == old for each in config.sources):
        raise LifeError(
            say(
                '{file} still names {old} — write id = "{new}" in its block, then run this again',
                file=config.path.name, old=old, new=new,
            )
        )  # fmt: skip
    config.source(new)
    left = (place.captures / old).exists() or (place.changes / old).exists()
    holds_old = Books(means.store, means.iris).of(old).dataset or known_of(means, old).records
    if not (holds_old or left):
        raise LifeError(_unknown(old))
    if holds_old and known_of(means, new).records:
        raise LifeError(
            say(
                "{new} holds data of its own, which cannot become those of {old} — give the "
                "block another id, or withdraw the other data: enbauges source retire {old} "
                "--withdraw",
                old=old,
                new=new,
            )
        )
    return bool(holds_old)


def _move(old: Path, new: Path) -> None:
    """What is in the folder ``old`` into ``new``."""
    if not old.is_dir():
        return
    with told(new):
        new.mkdir(parents=True, exist_ok=True)
        for path in sorted(old.iterdir()):
            path.replace(new / path.name)
        old.rmdir()


def _still_there(source: str, path: Path) -> Message:
    return say(
        "{file} still names {source} — take its block out first, then run this again; to pause "
        "it only, write enabled = false in its block",
        file=path.name,
        source=source,
    )


def _unknown(source: str) -> Message:
    return say(
        "nothing is kept of a source {source} — “enbauges status” names those that are",
        source=source,
    )


def _retired_already(source: str) -> Message:
    return say(
        "{source} was retired already, and its data stay — to withdraw them: enbauges source "
        "retire {source} --withdraw",
        source=source,
    )
