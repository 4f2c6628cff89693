"""Samples of platforms: the bytes of a source, and the graph that is expected of them.

``tests/data/platforms/NAME.json`` (or .csv, .xml…) is what such a source answers, ``NAME.nt``
the graph beside it, with the issues on lines that begin with ``#``. The graph is written by

    python -m tests.platform_samples NAME > tests/data/platforms/NAME.nt

and then read, line by line: what is expected is what a person has understood.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harvester.digest import Digest, Digester
from harvester.readers import READERS
from harvester.records import Content, ReadOptions, Record, Window
from harvester.sources import Source
from mappings import platform
from vocab.iris import Iris

DATA = Path(__file__).parent / "data" / "platforms"
IRIS = Iris("https://data.example/")
WINDOW = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
EXPECTED = ".nt"


def names() -> list[str]:
    """The platforms that have a sample here."""
    return sorted({path.stem for path in DATA.glob(f"*{EXPECTED}")})


def sample(name: str) -> Path:
    """The file of the sample of platform ``name``."""
    (path,) = (path for path in DATA.glob(f"{name}.*") if path.suffix != EXPECTED)
    return path


def source(name: str, **fields: Any) -> Source:
    """A source of kind ``name``, whose texts may be published."""
    told = {"id": name, "kind": name, "url": "https://source.example/", "title": name}
    return Source(**{**told, "publisher": "Sample", "licence": "etalab-2.0", **fields})


def options(name: str) -> ReadOptions:
    """How a source of kind ``name`` is read where it says nothing else."""
    kind = platform(name)
    return ReadOptions(WINDOW, iterator=kind.iterator, key=kind.key)


def digest(name: str, body: bytes, **fields: Any) -> Digest:
    """What a source of kind ``name`` that answers ``body`` says."""
    digester = Digester(source(name, **fields), platform(name), IRIS, options(name))
    return digester([Content(body, url="https://source.example/page")])


def graph(name: str, body: bytes) -> list[str]:
    """The statements of ``digest`` sorted, and before them its issues."""
    found = digest(name, body)
    issues = [
        f"# {one.severity} {one.code} {'/'.join(one.key)}: {one.message.render('en')}"
        for one in found.issues
    ]
    return [*issues, *sorted(line for lines in found.records.values() for line in lines)]


def records(name: str) -> list[dict[str, Any]]:
    """The records of the sample, with what the harvester adds to each."""
    read = READERS[platform(name).reader]
    content = Content(sample(name).read_bytes(), url="https://source.example/page")
    return [
        {
            **one.data,
            "_record": {"iri": IRIS.record(name, *one.key), "key": "/".join(one.key)},
            "_source": {"id": name},
            "_node": {"base": IRIS.base},
        }
        for one in read(content, options(name))
        if isinstance(one, Record)
    ]


if __name__ == "__main__":
    told = graph(sys.argv[1], sample(sys.argv[1]).read_bytes())
    sys.stdout.write("\n".join([*told, ""]))
