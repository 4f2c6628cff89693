"""How much of the published conformance suites the mapping engine meets.

``make conformance`` reads ``../shared/conformance`` in place and prints the scores:

- ``rml-core``: the test cases of RML-Core, as published. Those with an output must give it, those
  without must fail for the reason that the case is about, which ``REASONS`` quotes.
- ``yarrrml-validation``: each YARRRML mapping is translated to the RML that lies beside it, the two
  graphs isomorphic; the case of two documents that are one gives what the third one does.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mappings import MappingError
from mappings.local import map_file
from mappings.translate import translated

SUITES = Path(__file__).parents[1].parent / "shared" / "conformance"

REASONS = {
    "RMLTC0002e-JSON": "there is no file",
    "RMLTC0002g-JSON": "in the iterator",
    "RMLTC0004b-JSON": "the subject cannot be a Literal",
    "RMLTC0007h-JSON": "the graph cannot be a Literal",
    "RMLTC0012c-JSON": "has no rml:subjectMap",
    "RMLTC0012d-JSON": "has 2 subject maps",
    "RMLTC0015b-JSON": "“a-english” is no language",
    "RMLTC0019b-JSON": "“Juan Daniel” is not an IRI",
    "RMLTC0023a-JSON": "“{{Name}}” in the template",
    "RMLTC0023b-JSON": "not Turtle: Unexpected escape character '\\a'",
    "RMLTC0023c-JSON": "not Turtle: Unexpected escape character '\\}'",
    "RMLTC0023d-JSON": "“{\\\\{Name\\\\}}” in the template",
    "RMLTC0023e-JSON": "not Turtle: Unexpected escape character '\\a'",
    "RMLTC0024a-JSON": "the subject is the text “School”",
    "RMLTC0025b-JSON": "$.amounts leads to a list",
}
"""What the message of each case that must fail says."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test case and what became of it; ``fault`` is empty where it is met."""

    name: str
    fault: str


def rml_core(suites: Path = SUITES) -> Iterator[Case]:
    """The test cases of RML-Core."""
    folder = suites / "rml-core" / "test-cases"
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            yield Case(row["ID"], _rml_core_fault(folder / row["ID"], row["base_iri"], row))


def _rml_core_fault(folder: Path, base: str, row: dict[str, str]) -> str:
    fails = row["error"] == "true"
    try:
        lines = list(map_file(folder / "mapping.ttl", None, base, []))
    except MappingError as error:
        if not fails:
            return f"failed: {error}"
        return "" if REASONS[row["ID"]] in str(error) else f"failed for another reason: {error}"
    if fails:
        return f"did not fail: {lines}"
    expected = (folder / "output.nq").read_text("utf-8").splitlines()
    return "" if canonical(lines) == canonical(expected) else f"gave {lines}"


def yarrrml_validation(suites: Path = SUITES) -> Iterator[Case]:
    """The cases of YARRRML's validation suite."""
    for folder in sorted((suites / "yarrrml-validation" / "yarrrml-test-cases").iterdir()):
        if folder.is_dir():
            yield Case(folder.name, _yarrrml_fault(folder))


def _yarrrml_fault(folder: Path) -> str:
    try:
        if (folder / "mapping.ttl").is_file():
            expected = (folder / "mapping.ttl").read_text("utf-8")
            found = translated([folder / "mapping.yml"], "rml-legacy")
        else:
            expected = translated([folder / "mapping_output.yml"], "rml-legacy")
            parts = sorted(folder.glob("mapping_input*.yml"))
            found = translated(parts, "rml-legacy")
    except MappingError as error:
        return f"failed: {error}"
    return "" if _isomorphic(expected, found) else f"gave {found}"


def _isomorphic(one: str, other: str) -> bool:
    graphs = []
    for text in (one, other):
        graph = ox.Dataset(ox.parse(text, ox.RdfFormat.TURTLE))
        graph.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        graphs.append(graph)
    return graphs[0] == graphs[1]


def canonical(lines: Iterable[str]) -> list[str]:
    """The statements of N-Quads lines, their blank nodes named canonically (RDFC-1.0)."""
    quads = ox.parse("\n".join(lines), ox.RdfFormat.N_QUADS, lenient=True)
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


RUNS = {"rml-core": rml_core, "yarrrml-validation": yarrrml_validation}


def main() -> int:
    """Print the score of each suite, and the cases that are not met."""
    if not SUITES.is_dir():
        print(f"nothing to measure: there is no folder {SUITES}")
        return 0
    short = 0
    for name, run in RUNS.items():
        cases = list(run())
        missed = [case for case in cases if case.fault]
        print(f"{name}: {len(cases) - len(missed)} of {len(cases)}")
        for case in missed:
            print(f"  {case.name}: {case.fault}")
        short += len(missed)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
