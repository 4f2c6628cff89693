"""Raw captures: what each source last answered, kept so that it can be read again.

::

    captures/
    └── mairie/
        ├── 20261124T101500Z-3f2a9c01b2d4.zip
        └── 20261126T081500Z-77d04be1a9c3.zip     meta.json, page-1, page-2...

A capture is a zip file, which any computer opens; its name tells when it came and what it
holds, so that the same content is kept once.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from store.errors import told
from store.files import whole

KEPT = 5
"""How many captures of each source stay."""

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{12})\.zip")
_HASHED = 12
_LEVEL = 1  # of zlib: feeds shrink five times at any level, and this one is the quickest


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes as they came, decompressed, and what the server said of them.

    ``media_type`` and ``charset`` are those of the Content-Type header, lower case, "" when
    it had none; ``url`` is the address that gave them.
    """

    body: bytes
    media_type: str = ""
    charset: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a source: when it came, and its pages; ``content_hash`` is in hexadecimal."""

    at: datetime
    content_hash: str
    pages: tuple[Page, ...]


class Captures:
    """The captures under ``root``, at most ``kept`` of each source."""

    def __init__(self, root: Path, kept: int = KEPT) -> None:
        self.root = root
        self._kept = kept

    def holds(self, source: str, content_hash: str) -> bool:
        """Whether the content with this hash is kept, and can be read."""
        return self.get(source, content_hash) is not None

    def keep(self, source: str, capture: Capture) -> None:
        """Keep ``capture``, and let go of the oldest beyond those that stay.

        A content that is kept already is not written again. The file takes its name when it
        is whole, so that an interruption leaves none cut short.

        Raises:
            StoreError: when it cannot be written.
        """
        if self.holds(source, capture.content_hash):
            return
        folder = self.root / source
        stamp = capture.at.astimezone(UTC).strftime(_STAMP)
        path = folder / f"{stamp}-{capture.content_hash[:_HASHED]}.zip"
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with whole(path) as file:
                _write(file, capture)
            for old in self._paths(source)[self._kept :]:
                old.unlink(missing_ok=True)

    def get(self, source: str, content_hash: str) -> Capture | None:
        """The capture with this content; None when it is not kept, or damaged."""
        path = self._found(source, content_hash)
        return _read(path) if path else None

    def all(self, source: str) -> Iterator[Capture]:
        """The captures of ``source`` that can be read, the newest first."""
        for path in self._paths(source):
            if capture := _read(path):
                yield capture

    def drop(self, source: str) -> None:
        """Forget all captures of ``source``."""
        with told(self.root):
            shutil.rmtree(self.root / source, ignore_errors=True)

    def _paths(self, source: str) -> list[Path]:
        folder = self.root / source
        found = (path for path in folder.glob("*.zip") if _NAME.fullmatch(path.name))
        return sorted(found, reverse=True)

    def _found(self, source: str, content_hash: str) -> Path | None:
        if not content_hash:
            return None
        ending = f"-{content_hash[:_HASHED]}.zip"
        return next((path for path in self._paths(source) if path.name.endswith(ending)), None)


def _write(file: BinaryIO, capture: Capture) -> None:
    pages = [asdict(page) for page in capture.pages]
    bodies = [page.pop("body") for page in pages]
    meta = {
        "at": capture.at.astimezone(UTC).isoformat(),
        "content_hash": capture.content_hash,
        "pages": pages,
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.writestr("meta.json", json.dumps(meta, ensure_ascii=False, indent=1))
        for number, body in enumerate(bodies, start=1):
            archive.writestr(f"page-{number}", body)


def _read(path: Path) -> Capture | None:
    """The capture in ``path``; a damaged one counts as none, as the source can be asked again."""
    try:
        with zipfile.ZipFile(path) as archive:
            meta = json.loads(archive.read("meta.json"))
            pages = tuple(
                Page(archive.read(f"page-{number}"), **told_of)
                for number, told_of in enumerate(meta["pages"], start=1)
            )
        return Capture(datetime.fromisoformat(meta["at"]), meta["content_hash"], pages)
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError):
        return None
