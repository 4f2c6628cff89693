"""Each shape finds what it is for, misses nothing else, and agrees with pySHACL."""

import time
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from vocab import VocabularyError, read_turtle, term
from vocab.facts import RDF_TYPE, Facts
from vocab.shapes import SHAPES, Finding, Shapes

DATA = Path(__file__).parents[1] / "data" / "vocab" / "shapes"
BASE = "https://exemple.org/"
TRIPLES = tuple(read_turtle(SHAPES))
COMPILED = Shapes(TRIPLES)
FIXTURES = [triple for path in sorted(DATA.glob("*.ttl")) for triple in read_turtle(path)]
DESCRIPTIVE = frozenset(
    {
        "path",
        "alternativePath",
        "message",
        "severity",
        "property",
        "targetClass",
        "targetSubjectsOf",
        "qualifiedValueShape",
    }
)


def case(subject: object) -> tuple[str, str]:
    """The shape that a fixture is for, and whether it passes or fails: ``/CODE/fails-why``."""
    code, _, verdict = str(subject).strip("<>").removeprefix(BASE).partition("/")
    return code, verdict


def cases() -> Iterator[tuple[str, str]]:
    for subject in dict.fromkeys(str(triple.subject) for triple in FIXTURES):
        code, verdict = case(subject)
        if verdict.startswith(("passes", "fails")):
            yield code, verdict


def judged(shapes: Shapes) -> set[tuple[str, str]]:
    """(code, verdict) of the fixtures in which the shape they are for finds something."""
    return {
        case(finding.focus)
        for finding in shapes.findings(Facts(FIXTURES))
        if case(finding.focus)[0] == finding.code
    }


FOUND = judged(COMPILED)


@pytest.mark.parametrize(("code", "verdict"), list(cases()))
def test_a_fixture_fails_or_passes_as_its_name_says(code: str, verdict: str) -> None:
    assert ((code, verdict) in FOUND) == verdict.startswith("fails")


def codes() -> set[str]:
    messages = NamedNode(term("sh:message"))
    return {
        str(triple.subject).strip("<>").rpartition("#")[2]
        for triple in TRIPLES
        if triple.predicate == messages
    }


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_shape_has_a_passing_and_a_failing_fixture(code: str) -> None:
    verdicts = [verdict for shape, verdict in cases() if shape == code]
    assert any(verdict.startswith("passes") for verdict in verdicts)
    assert any(verdict.startswith("fails") for verdict in verdicts)


def constraints() -> list[Triple]:
    """The statements that constrain, but that of ``Named`` itself, which has its own test."""
    shacl = term("sh:")
    return [
        triple
        for triple in TRIPLES
        if triple.predicate.value.startswith(shacl)
        and triple.predicate.value.removeprefix(shacl) not in DESCRIPTIVE
        and not str(triple.subject).endswith("#Named>")
    ]


@pytest.mark.parametrize("deleted", constraints(), ids=lambda triple: str(triple)[-60:])
def test_deleting_a_constraint_is_noticed(deleted: Triple) -> None:
    mutant = Shapes(triple for triple in TRIPLES if triple != deleted)
    assert judged(mutant) != FOUND


def test_a_thing_without_an_iri_is_refused() -> None:
    nameless = parse(b"[] a <https://schema.org/Event> .", format=RdfFormat.TURTLE)
    found = COMPILED.findings(Facts(quad.triple for quad in nameless))
    assert "Named" in {finding.code for finding in found}


def test_the_compiled_shapes_find_what_pyshacl_finds() -> None:
    data = rdflib.Graph()
    for path in DATA.glob("*.ttl"):
        data.parse(path)
    _, report, _ = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(SHAPES))
    theirs = {
        (str(report.value(result, rdflib.SH.focusNode)), shape_of(report, result))
        for result in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)
    }
    assert {key for key in ours() if "exemple.org" in key[0]} == {
        key for key in theirs if "exemple.org" in key[0]
    }


def ours() -> set[tuple[str, str]]:
    found: list[Finding] = list(COMPILED.findings(Facts(FIXTURES)))
    return {(finding.focus, finding.code) for finding in found}


def shape_of(report: rdflib.Graph, result: rdflib.term.Node) -> str:
    return str(report.value(result, rdflib.SH.sourceShape)).rpartition("#")[2]


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_shape_says_what_is_wrong_in_french_and_in_english(code: str) -> None:
    languages = [
        triple.object.language
        for triple in TRIPLES
        if str(triple.subject).endswith(f"#{code}>") and isinstance(triple.object, Literal)
        if triple.predicate == NamedNode(term("sh:message"))
    ]
    assert sorted(filter(None, languages)) == ["en", "fr"]


def test_severities_and_messages_come_from_the_file() -> None:
    finding = next(
        found for found in COMPILED.findings(Facts(FIXTURES)) if found.code == "event-theme"
    )
    assert finding.severity == "warning"
    assert str(finding.message) == "The event has no theme."


@pytest.mark.parametrize("unit", ["a", "x@", "a.", "off", "06 ", "+33 6", "<", "P1", " ", "\u00e9"])
def test_a_million_hostile_characters_take_no_more_than_a_second(unit: str) -> None:
    text = Literal((unit * 1_000_000)[:1_000_000] + "\u00e9")
    names = ("name", "description", "repeatFrequency", "postalCode", "price", "repeatCount")
    node = NamedNode(f"{BASE}x")
    triples = [Triple(node, NamedNode(term(f"schema:{name}")), text) for name in names]
    triples.append(Triple(node, NamedNode(term("eb:openingHoursOsm")), text))
    kinds = ("Event", "Schedule", "PostalAddress", "Offer")
    triples += [Triple(node, RDF_TYPE, NamedNode(term(f"schema:{kind}"))) for kind in kinds]
    before = time.process_time()
    found = {finding.code for finding in COMPILED.findings(Facts(triples))}
    assert time.process_time() - before < 1
    assert {"named-name", "schedule-frequency", "hours-text", "schedule-count"} <= found


def test_a_price_that_is_no_number_is_found_and_breaks_nothing() -> None:
    node, price = NamedNode(f"{BASE}x"), NamedNode(term("schema:price"))
    offer = Triple(node, RDF_TYPE, NamedNode(term("schema:Offer")))
    for text in ("NaN", "sNaN", "-Infinity"):
        facts = Facts([offer, Triple(node, price, Literal(text))])
        assert "offer-price" in {finding.code for finding in COMPILED.findings(facts)}


def test_a_component_that_is_not_compiled_is_an_error_at_start(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        '<urn:s> a sh:NodeShape ; sh:closed true ; sh:message "no"@en .\n',
        encoding="utf-8",
    )
    with pytest.raises(VocabularyError, match=r"shapes\.ttl: closed is no part of SHACL"):
        Shapes.load(path)


@pytest.mark.parametrize(
    "rule",
    [
        "sh:datatype xsd:hexBinary",
        "sh:nodeKind sh:BlankNodeOrIRI",
        'sh:pattern "("',
        'sh:maxCount "beaucoup"',
        "sh:minCount 1 ; sh:severity sh:Trouble",
    ],
)
def test_a_value_that_is_not_compiled_stops_with_the_file(tmp_path: Path, rule: str) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:ex:> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:p .\n"
        f'ex:p sh:path ex:name ; {rule} ; sh:message "Faux."@fr , "Wrong."@en .\n',
        encoding="utf-8",
    )
    with pytest.raises(VocabularyError, match=r"shapes\.ttl: .* is no part of SHACL"):
        Shapes.load(path)
