"""How often the kind of a real file is recognised: ``python -m benchmarks detection``.

What each file is, a person has said in ``corpus_kinds.tsv``, by its place in the corpus. The
detector is shown the bytes alone, without their name, address or content type.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.figures import Figure
from harvester.discovery.detection import detect
from harvester.discovery.forms import HEAD
from harvester.records import Content
from mappings import platforms

CORPUS = Path(__file__).parents[1].parent / "shared" / "corpus"
SAID = Path(__file__).with_name("corpus_kinds.tsv")
NOTHING, LEFT_OUT = "-", "?"
_SHORT = 4096
_ABOUT = frozenset({"README.md", "MANIFEST.tsv"})
_PLACEHOLDER = re.compile(rb'(?<!")\{[A-Z_]+\}(?!")')


@dataclass(frozen=True, slots=True)
class Case:
    """A file, the kind that it is said to be of, the one that is recognised, and how long it took.

    ``said`` is "-" of what is no source; ``found`` is "-" of what is recognised as none.
    """

    file: str
    said: str
    found: str
    seconds: float

    @property
    def right(self) -> bool:
        """Whether it was recognised."""
        return self.said == self.found


def cases(corpus: Path = CORPUS, head: int = HEAD + 1) -> Iterator[Case]:
    """Every file of the corpus whose kind is said, and what is made of its first ``head`` bytes."""
    kinds = list(platforms().values())
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        name = path.relative_to(corpus).as_posix()
        if name in _ABOUT or (said := said_of(name)) == LEFT_OUT:
            continue
        content = Content(_bytes(path, head))
        began = process_time()
        found = detect(content, kinds).kind
        yield Case(name, said, found or NOTHING, process_time() - began)


def said_of(name: str) -> str:
    """The kind that a file of the corpus is said to be of; "-" or "?" when it is of none.

    Raises:
        LookupError: when nothing is said of it.
    """
    for pattern, kind in _said():
        if fnmatchcase(name, pattern):
            return kind
    message = f"nothing in {SAID.name} fits {name}"
    raise LookupError(message)


@cache
def _said() -> tuple[tuple[str, str], ...]:
    lines = SAID.read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple((pattern, kind) for pattern, kind, _ in rows)


def _bytes(path: Path, head: int) -> bytes:
    """The beginning of a file; in snapshots of answers the ids are placeholders: no JSON."""
    with path.open("rb") as file:
        body = file.read(head)
    return _PLACEHOLDER.sub(b"1", body) if path.name.endswith(".snapshot.json") else body


def share(found: Sequence[Case]) -> float:
    """Of a hundred, how many are right."""
    return 100 * sum(case.right for case in found) / len(found)


def measure() -> list[Figure]:
    """The shares that are right; the table by kind, and every wrong one, printed on the way."""
    if not CORPUS.is_dir():
        print(f"nothing to measure: there is no folder {CORPUS}")
        return []
    every = list(cases())
    known = [case for case in every if case.said != NOTHING]
    none = [case for case in every if case.said == NOTHING]
    _print_table(every)
    short = [case for case in cases(head=_SHORT) if case.said != NOTHING]
    times = [case.seconds for case in every]
    return [
        Figure("files of a known kind recognised, %", share(known), "98", f"{len(known)} files"),
        Figure("the same, from their first 4 kB alone, %", share(short)),
        Figure("files that are no source refused, %", share(none), "", f"{len(none)} files"),
        Figure("CPU for one file, ms, median", 1000 * median(times)),
        Figure("the longest, ms", 1000 * max(times)),
    ]


def _print_table(every: Sequence[Case]) -> None:
    """For each kind, how many there are and what they were taken for; then each wrong one."""
    print("| Said | Files | Recognised as |\n|---|---:|---|")
    for said in sorted({case.said for case in every}):
        counts = Counter(case.found for case in every if case.said == said)
        taken = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
        print(f"| {said} | {counts.total()} | {taken} |")
    print()
    for case in every:
        if not case.right:
            print(f"- {case.file}: {case.found}, and is {case.said}")
    print()
