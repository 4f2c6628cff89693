"""The data of a store as one text: what backups hold, what hashes compare, what rebuilds load.

The text is N-Quads: graphs in the order of their names, the statements of each in order, one
a line. As the store has no blank node, two stores hold the same data when, and only when,
their texts are the same bytes.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from store.errors import told
from store.generations import Generation, open_read_only


def texts(store: ox.Store) -> Iterator[bytes]:
    """The text of ``store``, a graph at a time: memory holds one graph, not all."""
    names = (name for name in store.named_graphs() if isinstance(name, ox.NamedNode))
    for name in sorted(names, key=lambda name: name.value):
        dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) or b""
        ending = f"<{name.value}> .\n".encode()
        # A statement ends with " .": the graph goes between the space and the dot.
        yield b"".join(line[:-1] + ending for line in sorted(dumped.split(b"\n")[:-1]))


def data_hash(store: ox.Store) -> str:
    """SHA-256 of the text of ``store``, in hexadecimal."""
    digest = hashlib.sha256()
    for text in texts(store):
        digest.update(text)
    return digest.hexdigest()


def renew(generation: Generation, directory: Path) -> None:
    """Make a store in ``directory``, which must not exist, of what a generation holds.

    Raises:
        StoreError: when it cannot be written.
    """
    with told(directory), tempfile.TemporaryFile(dir=directory.parent) as file:
        for text in texts(open_read_only(generation)):
            file.write(text)
        file.seek(0)
        load(file, directory)


def load(quads: BinaryIO, directory: Path) -> str:
    """Make a store in ``directory``, which must not exist, of such a text.

    Nothing of another store comes along: Oxigraph keeps every string that it was ever given,
    so that what was deleted is gone only from a store that never held it.

    Returns:
        The ``data_hash`` of the new store, which is on disk.

    Raises:
        StoreError: when it cannot be written.
        SyntaxError: when the text is not N-Quads.
    """
    with told(directory):
        directory.mkdir(parents=True)
        store = ox.Store(str(directory))
        # What came out of a store is not judged again: it may hold IRIs that only a lenient
        # parser takes.
        store.bulk_load(quads, format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        return data_hash(store)
