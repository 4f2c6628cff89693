"""Does a file of the node still hold a text? Looked for byte by byte, compressed files as well."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path


def files_with(text: str, folder: Path) -> Iterator[Path]:
    """The files under ``folder`` that hold ``text`` in UTF-8, its case set aside."""
    wanted = {each.encode() for each in (text, text.lower(), text.upper(), text.title())}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            try:
                held = any(each in content for content in _contents(path) for each in wanted)
            except FileNotFoundError:
                continue  # another process let go of it meanwhile
            if held:
                yield path


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and those inside it when it is compressed."""
    yield (raw := path.read_bytes())
    try:
        if path.suffix == ".gz":
            yield gzip.decompress(raw)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield archive.read(name)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return
