"""How well words are matched, against answers written by hand: ``python -m vocab.evaluate``.

Without argument it reads ``gold/words.csv``. ``--press-kit FILE`` compares the names of the
80 carriers in the text of the press kit (tab-separated rows: name, postcode, town) with
``gold/press-kit.csv``; ``--typo FILE`` the column TYPO of the base of the Mission Coworking
with ``gold/typo.csv``. Precision and recall are printed, then what was not matched.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vocab import ROOM
from vocab.concepts import concept_iri
from vocab.words import find, in_name

GOLD = ROOM / "gold"
_CARRIER = re.compile(r"^([^\t\n]+)\t\d{5}\t.+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One text, what it means to a person, and what the matcher made of it."""

    text: str
    expected: frozenset[str]
    found: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of some answers."""

    right: int
    wrong: int
    missed: int
    unmatched: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Score:
        """The score of ``answers``; unmatched texts, the most frequent first."""
        given = list(answers)
        unmatched = Counter(answer.text for answer in given if not answer.found)
        return cls(
            right=sum(len(answer.found & answer.expected) for answer in given),
            wrong=sum(len(answer.found - answer.expected) for answer in given),
            missed=sum(len(answer.expected - answer.found) for answer in given),
            unmatched=tuple(unmatched.most_common()),
        )

    @property
    def precision(self) -> float:
        """Right among what was found; 1 when nothing was."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Right among what was to be found; 1 when nothing was."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def words() -> Iterator[Answer]:
    """The hand-labelled values, looked up as a mapping does."""
    for row in _gold("words.csv"):
        yield Answer(
            row["text"],
            _concepts(row["scheme"], row["expected"]),
            frozenset(find(row["scheme"], row["text"])),
        )


def press_kit(text: str) -> Iterator[Answer]:
    """The carriers in the text of the press kit, by what their names say."""
    carriers = _CARRIER.findall(text)
    for row, name in zip(_gold("press-kit.csv"), carriers, strict=True):
        schemes = [scheme for scheme in row if scheme != "row"]
        yield Answer(
            name,
            frozenset[str]().union(*(_concepts(scheme, row[scheme]) for scheme in schemes)),
            frozenset(iri for scheme in schemes for iri in in_name(scheme, name)),
        )


def typo(rows: Iterable[dict[str, str]]) -> Iterator[Answer]:
    """The types in the base of the Mission Coworking."""
    expected = {row["text"]: _concepts("type", row["type"]) for row in _gold("typo.csv")}
    for row in rows:
        text = row["TYPO"]
        yield Answer(text, expected[text], frozenset(find("type", text)))


def _gold(name: str) -> Iterator[dict[str, str]]:
    lines = (GOLD / name).read_text(encoding="utf-8").splitlines()
    yield from csv.DictReader(line for line in lines if not line.startswith("#"))


def _concepts(scheme: str, slugs: str) -> frozenset[str]:
    return frozenset(concept_iri(scheme, slug) for slug in slugs.split(";") if slug)


def report(title: str, answers: Iterable[Answer]) -> str:
    """The score of some answers, for a person."""
    score = Score.of(answers)
    counts = f"{score.right} right, {score.wrong} wrong, {score.missed} missed"
    return "\n".join(
        [
            f"{title}: precision {score.precision:.1%}, recall {score.recall:.1%} ({counts})",
            *(f"  not matched, {count} ×: {text or '(empty)'}" for text, count in score.unmatched),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the reports that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m vocab.evaluate")
    parser.add_argument("--press-kit", type=Path, help="text of the press kit")
    parser.add_argument("--typo", type=Path, help="CSV of the Mission Coworking")
    chosen = parser.parse_args(arguments)
    reports = [report("words", words())]
    if chosen.press_kit:
        reports.append(report("press kit", press_kit(chosen.press_kit.read_text("utf-8"))))
    if chosen.typo:
        with chosen.typo.open(encoding="utf-8", newline="") as source:
            reports.append(report("types", typo(csv.DictReader(source))))
    print("\n".join(reports))  # noqa: T201  # this is what the command says


if __name__ == "__main__":
    main()
