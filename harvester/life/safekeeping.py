"""Backup and restore of a node: which of its files, and how the restored one takes its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harvester.alarm import sole
from harvester.curation import file as curation
from harvester.place import Place
from harvester.sources import Config
from store import takedown
from store.backup import (
    STATE,
    BackupError,
    Holdings,
    Manifest,
    back_up,
    name_at,
    unpack,
)
from store.embedded import EmbeddedStore
from store.errors import StoreError, told
from store.generations import Generation, Generations
from store.index import ensure
from store.room import LEAST, check_room
from store.state import State
from store.swap import finish, swap_in
from vocab.messages import Message, say
from vocab.territory.atlas import NAME

CONFIG = "sources.toml"
_KEPT = ("captures", "changes", "secret", takedown.FILE)
"""What of the data folder goes into a backup as it is."""

_MAPPINGS = "mappings"
_UNPACKED = 8  # data take about this many times their size in a backup


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written."""

    path: Path
    manifest: Manifest

    def told(self) -> Iterator[Message]:
        """What the operator is told."""
        yield say(
            "{path}: generation {number}, {quads} quads",
            path=str(self.path),
            number=self.manifest.generation,
            quads=self.manifest.quads,
        )
        yield say("hash of the data: {hash}", hash=self.manifest.data_hash)


@dataclass(frozen=True, slots=True)
class Restored:
    """A node that came out of a backup.

    ``written`` are the files that people write (sources, decisions, mappings) put where there was
    none; ``beside`` those that differ from what is there, which was left alone, each under another
    name. ``forgotten`` tells that something was forgotten here since the backup, which must be
    forgotten again.
    """

    manifest: Manifest
    generation: Generation
    written: tuple[Path, ...]
    beside: tuple[Path, ...]
    forgotten: bool

    def told(self) -> Iterator[Message]:
        """What the operator is told."""
        yield say(
            "restored and verified: the backup of {when}, published as generation {number}: "
            "{quads} quads",
            when=f"{datetime.fromisoformat(self.manifest.created):%Y-%m-%d %H:%M} UTC",
            number=self.generation.number,
            quads=self.generation.quads,
        )
        yield say("hash of the data: {hash}", hash=self.manifest.data_hash)
        for path in self.written:
            yield say("{path}: was not there, is written", path=str(path))
        for path in self.beside:
            yield say(
                "{path}: what the backup holds; the file that is there differs and was left "
                "alone — compare the two",
                path=str(path),
            )


def back_up_node(
    place: Place,
    config: Path,
    mappings: Mapping[str, Path],
    target: Path,
    *,
    now: datetime,
    version: str,
) -> BackedUp:
    """Write a backup of the node into ``target``: a folder, or the file to write.

    Args:
        place: the node's data.
        config: its sources file.
        mappings: its own mapping files (``own_mappings``).
        target: a folder, or the file to write in one, which ends in ``.tar``.
        now: aware.
        version: the program's.

    Raises:
        StoreError: when nothing is published yet, the file exists, its folder does not, or
            something cannot be read or written.
    """
    generation = Generations(place.generations).current()
    if generation is None:
        raise BackupError(
            say("nothing is published yet, so there is nothing to back up — run: enbauges harvest"),
            about=place.var,
        )
    is_file = target.suffix == ".tar" and not target.is_dir()
    path = target if is_file else target / name_at(now)
    if path.exists():
        raise BackupError(_taken(path), about=path)
    if not path.parent.is_dir():
        raise BackupError(_no_folder(path.parent), about=path)
    files = {name: place.var / name for name in _KEPT if (place.var / name).exists()}
    files |= {name: file for name, file in _beside(config).items() if file.exists()}
    files |= {f"{_MAPPINGS}/{name}": file for name, file in mappings.items()}
    holdings = Holdings(generation, place.state, files)
    return BackedUp(path, back_up(holdings, path, now=now, version=version))


def _no_folder(folder: Path) -> Message:
    """A folder that is made where a disk should be would hide that the disk is not there."""
    return say(
        "there is no folder {folder} — if it is that of a disk, connect the disk first; otherwise "
        "make the folder (mkdir -p {folder}) and run this again; nothing was written",
        folder=str(folder),
    )


def _taken(path: Path) -> Message:
    return say(
        "{path} exists already, and may be the only backup of something — name another file, or "
        "a folder, in which each backup takes a name of its own",
        path=str(path),
    )


def own_mappings(config: Config) -> dict[str, Path]:
    """The mapping files beside the sources file, and its communes, by their path from there."""
    folder = config.path.absolute().parent
    own = [
        source.mapping.absolute() for source in config.sources if isinstance(source.mapping, Path)
    ]
    own += [folder / NAME] if config.communes else []
    return {
        path.relative_to(folder).as_posix(): path for path in own if path.is_relative_to(folder)
    }


def restore_node(
    backup: Path, place: Place, config: Path, *, now: datetime, force: bool
) -> Restored:
    """Put the node of ``backup`` in the place of what is there, verified and published.

    Everything is made beside the data folder and takes its place at the end: until then the
    node is as it was.

    Raises:
        BackupError: when the data folder is filled and not to be replaced (``force``), or the
            backup cannot be used.
        RunningError: when a schedule works here.
        StoreError: when the store is in use, or something cannot be written.
    """
    made = place.var.with_name(f"{place.var.name}.part")
    with told(place.var):
        finish(place.var)
        if _filled(place) and not force:
            raise _refused(place.var)
        if place.var.is_mount():
            raise _mounted(place.var)
        shutil.rmtree(made, ignore_errors=True)
        if backup.is_file():
            check_room(place.var, LEAST + _UNPACKED * backup.stat().st_size)
    try:
        manifest = unpack(backup, made)
        with _alone(place):
            before = _number(place)
            forgotten = _barred_still(place, Place(made))
            generation = _published(Place(made), manifest, now, before)
            written, beside = _put_files(made, config)
            with told(place.var):
                swap_in(made, place.var)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Restored(manifest, generation, written, beside, forgotten)


def _beside(config: Path) -> dict[str, Path]:
    """The files that people write, by their names in a backup."""
    return {CONFIG: config, curation.FILE: curation.path_beside(config)}


def _filled(place: Place) -> bool:
    return any(path.exists() for path in (place.store, place.state, place.generations))


def _refused(var: Path) -> BackupError:
    return BackupError(
        say(
            "{directory} already holds the data of a node — add --force to put the backup in "
            "their place (back them up first), or restore beside another sources.toml",
            directory=str(var),
        ),
        about=var,
    )


def _mounted(var: Path) -> BackupError:
    return BackupError(
        say(
            "{directory} is a disk of its own, whose place no other folder can take — restore "
            "beside another sources.toml and move what is then in its var, or mount the disk "
            "one folder higher",
            directory=str(var),
        ),
        about=var,
    )


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Hold what is there, so that no harvest writes into it any more."""
    with ExitStack() as held:
        if place.var.exists():
            held.enter_context(sole(place.var, os.getpid()))
        held.enter_context(EmbeddedStore(place.store).held())
        yield


def _number(place: Place) -> int:
    """The number of the generation that is served now; 0 when there is none, or a damaged one."""
    try:
        current = Generations(place.generations).current()
    except StoreError:
        return 0
    return current.number if current else 0


def _barred_still(place: Place, made: Place) -> bool:
    """Bar in the restored node what is barred here; whether that is more than the backup knew.

    It is then marked as to be forgotten, should nobody come to do it.
    """
    known = takedown.load(made.takedowns)
    every = known.with_(*takedown.load(place.takedowns).entries)
    if every == known:
        return False
    takedown.save(every, made.takedowns)
    with told(made.var):
        made.forgetting.touch()
    return True


def _published(made: Place, manifest: Manifest, now: datetime, before: int) -> Generation:
    """Publish the restored store, and see that its state can be used."""
    if (made.var / STATE).exists():
        with State(made.state):
            pass
    with EmbeddedStore(made.store) as store:
        generation = Generations(made.generations).publish(
            store,
            now=now,
            base=manifest.base,
            facts=manifest.facts,
            after=max(manifest.generation, before),
        )
    ensure(generation)
    return generation


def _put_files(made: Path, config: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Put the sources file and the mappings back; what is there already is never replaced."""
    folder = config.absolute().parent
    wanted = {made / name: file for name, file in _beside(config).items() if (made / name).exists()}
    wanted |= {
        file: folder / file.relative_to(made / _MAPPINGS)
        for file in sorted((made / _MAPPINGS).rglob("*"))
        if file.is_file()
    }
    written, beside = [], []
    for file, target in wanted.items():
        with told(target.parent):
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
                written.append(target)
            elif target.read_bytes() != file.read_bytes():
                other = target.with_name(f"{target.name}.restored")
                shutil.copyfile(file, other)
                beside.append(other)
            file.unlink()
    shutil.rmtree(made / _MAPPINGS, ignore_errors=True)
    return tuple(written), tuple(beside)
