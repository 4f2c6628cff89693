"""Backups: one file that holds a node, consistent while harvests go on.

::

    enbauges-20261124T101500Z.tar
    ├── store.nq.gz        the data of the published generation (``store.whole``)
    ├── state.sqlite       the operational state, never newer than the data
    ├── captures/, changes/, takedowns.json, sources.toml...
    └── manifest.json      what is there, with hashes; last, so that a file cut short has none

The data are those of the published generation, which never changes: so nothing waits, neither
the backup nor the harvest that another process runs. One file, because it is moved, checked
and deleted as one; N-Quads in it rather than the store's own files, because they outlive a
version of the store, hold nothing that was deleted, and have the hash that is compared.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from store.errors import StoreError, told
from store.generations import Generation, open_read_only
from store.statelife import copy as copy_state
from store.whole import load, texts
from vocab.messages import Message, say

FORMAT = 1
"""The version of the layout above; a backup of a later one is refused."""

DATA, STATE, MANIFEST = "store.nq.gz", "state.sqlite", "manifest.json"
_PART = ".part"
_CHUNK = 1 << 20


class BackupError(StoreError):
    """A backup cannot be made of this node, or not be restored."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: ``data_hash`` is that of the store, ``files`` SHA-256 by name.

    ``created`` is when it was made, ``published`` when its generation was; ``counts`` are the
    quads of each graph, ``facts`` those of the generation.
    """

    format: int
    version: str
    created: str
    base: str
    generation: int
    published: str
    data_hash: str
    counts: Mapping[str, int]
    facts: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def quads(self) -> int:
        """How many quads it holds in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Holdings:
    """What of a node is backed up; ``files`` maps a name in the backup to a file or folder."""

    generation: Generation
    state: Path
    files: Mapping[str, Path]


def name_at(now: datetime) -> str:
    """The file name of a backup made at ``now``, which sorts by time."""
    return f"enbauges-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"


def back_up(holdings: Holdings, path: Path, *, now: datetime, version: str) -> Manifest:
    """Write a backup into the file ``path``, which takes its name when it is whole.

    Only its owner may read it: it holds what was never published.

    Raises:
        StoreError: when something cannot be read, or the file not be written.
    """
    part = path.with_name(f"{path.name}{_PART}")
    try:
        with told(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            with (
                tempfile.TemporaryDirectory(dir=path.parent, prefix=".enbauges-") as folder,
                _private(part) as file,
                tarfile.open(fileobj=file, mode="w") as tar,
            ):
                manifest = _Writing(tar, Path(folder), now).whole(holdings, version)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner may read, on disk when the block ends."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


class _Writing:
    """A backup that is being written, file by file."""

    def __init__(self, tar: tarfile.TarFile, scratch: Path, now: datetime) -> None:
        self._tar = tar
        self._scratch = scratch
        self._now = now
        self._hashes: dict[str, str] = {}

    def whole(self, holdings: Holdings, version: str) -> Manifest:
        generation = holdings.generation
        data_hash = self._data(generation)
        if holdings.state.exists():
            copy = self._scratch / STATE
            copy_state(holdings.state, copy, generation.created)
            self._add(STATE, copy.read_bytes(), holdings.state.stat().st_mode)
        for name, path in holdings.files.items():
            for found in _contents(name, path):
                self._add(*found)
        manifest = Manifest(
            format=FORMAT,
            version=version,
            created=self._now.astimezone(UTC).isoformat(),
            base=generation.base,
            generation=generation.number,
            published=generation.created.astimezone(UTC).isoformat(),
            data_hash=data_hash,
            counts=dict(generation.counts),
            facts=dict(generation.facts),
            files=self._hashes,
        )
        written = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        self._tar.addfile(self._member(MANIFEST, len(written)), BytesIO(written))
        return manifest

    def _data(self, generation: Generation) -> str:
        """The data of ``generation``; their hash."""
        digest, path = hashlib.sha256(), self._scratch / DATA
        with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
            for text in texts(open_read_only(generation)):
                digest.update(text)
                file.write(text)
        with path.open("rb") as file:
            self._hashes[DATA] = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self._tar.addfile(self._member(DATA, path.stat().st_size), file)
        return digest.hexdigest()

    def _add(self, name: str, content: bytes, mode: int) -> None:
        self._hashes[name] = hashlib.sha256(content).hexdigest()
        self._tar.addfile(self._member(name, len(content), mode), BytesIO(content))

    def _member(self, name: str, size: int, mode: int = 0o600) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, mode & 0o777, int(self._now.timestamp())
        return member


def _contents(name: str, path: Path) -> Iterator[tuple[str, bytes, int]]:
    """The files of a folder, or the one file, by name in the backup, with their modes.

    What a harvest lets go of meanwhile is left out, and so is what it has half written.
    """
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    for each in inside:
        if each.suffix == _PART or not each.is_file():
            continue
        relative = each.relative_to(path).as_posix()
        try:
            inner = name if each == path else f"{name}/{relative}"
            yield inner, each.read_bytes(), each.stat().st_mode
        except FileNotFoundError:
            continue


def unpack(path: Path, directory: Path) -> Manifest:
    """Lay out the backup ``path`` in ``directory``, which must not exist, and verify it.

    ``directory/store`` is then a store with the hash that the manifest tells, and every other
    file is there under its own name.

    Raises:
        BackupError: when it is no backup, is damaged or cut short, or a newer EnBauges made it.
        StoreError: when it cannot be written out.
    """
    if not path.is_file():
        raise BackupError(say("{path}: there is no such file", path=str(path)), about=path)
    try:
        with told(directory), tarfile.open(path) as tar:
            manifest = _manifest(tar, path)
            _extract(tar, directory, manifest, path)
            with gzip.open(directory / DATA) as quads:
                found = load(cast(BinaryIO, quads), directory / "store")
            (directory / DATA).unlink()
    except (tarfile.TarError, EOFError, zlib.error, SyntaxError) as error:
        raise _damaged(path, str(error)) from error
    if found != manifest.data_hash:
        raise _damaged(path, DATA)
    return manifest


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    try:
        file = tar.extractfile(MANIFEST)
    except KeyError:
        file = None
    if file is None:
        raise _damaged(path, MANIFEST)
    try:
        told_of = json.loads(file.read())
        made_by = int(told_of["format"])
        if made_by > FORMAT:
            raise BackupError(_newer(path, made_by), about=path)
        return Manifest(**told_of)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, MANIFEST) from error


def _extract(tar: tarfile.TarFile, directory: Path, manifest: Manifest, path: Path) -> None:
    """Write out the files that the manifest names, and no other."""
    directory.mkdir(parents=True)
    for name, expected in manifest.files.items():
        where = PurePosixPath(name)
        if where.is_absolute() or ".." in where.parts:
            raise _damaged(path, name)
        try:
            safe = tarfile.data_filter(tar.getmember(name), str(directory))
            member = tar.extractfile(safe)
        except KeyError:
            member = None
        if member is None:
            raise _damaged(path, name)
        target = directory / where
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("wb") as file:
            target.chmod(safe.mode or 0o600)
            while chunk := member.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != expected:
            raise _damaged(path, name)


def _damaged(path: Path, what: str) -> BackupError:
    return BackupError(
        say(
            "{path}: this backup is damaged or cut short ({what}) — take another one; nothing "
            "was restored",
            path=str(path),
            what=what,
        ),
        about=path,
    )


def _newer(path: Path, made_by: int) -> Message:
    return say(
        "{path}: made by a newer EnBauges (format {format}, this one knows {known}) — update "
        "the program, then restore again",
        path=str(path),
        format=made_by,
        known=FORMAT,
    )
