"""Which format a client means."""

import pytest

from sparql.formats import by_name, negotiate
from sparql.guard import Form
from sparql.language import preferred
from sparql.values import NotAcceptableError


@pytest.mark.parametrize(
    ("form", "accept", "media"),
    [
        ("SELECT", "", "application/sparql-results+json"),
        ("SELECT", "*/*", "application/sparql-results+json"),
        ("SELECT", "text/csv", "text/csv"),
        ("SELECT", "application/json", "application/json"),
        ("SELECT", "text/*", "text/csv"),
        (
            "SELECT",
            "text/csv;q=0.5, application/sparql-results+xml",
            "application/sparql-results+xml",
        ),
        ("SELECT", "text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
        ("SELECT", "TEXT/TAB-SEPARATED-VALUES ; q=1", "text/tab-separated-values"),
        ("SELECT", "text/turtle, application/xml;q=0.2", "application/xml"),
        ("SELECT", "text/csv, */*", "text/csv"),
        ("ASK", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("CONSTRUCT", "", "text/turtle"),
        ("CONSTRUCT", "application/ld+json;q=0.9, text/turtle;q=0.8", "application/ld+json"),
        ("DESCRIBE", "application/rdf+xml", "application/rdf+xml"),
        ("DESCRIBE", "text/plain", "text/plain"),
    ],
)
def test_the_best_format_is_chosen(form: Form, accept: str, media: str) -> None:
    assert negotiate(form, accept)[1] == media


@pytest.mark.parametrize(
    ("form", "accept"),
    [
        ("SELECT", "text/turtle"),
        ("SELECT", "*/*;q=0"),
        ("SELECT", "text/csv;q=nonsense"),
        ("CONSTRUCT", "text/csv"),
    ],
)
def test_what_fits_nothing_is_refused_with_what_there_is(form: Form, accept: str) -> None:
    with pytest.raises(NotAcceptableError, match="accept one of"):
        negotiate(form, accept)


def test_short_names_extensions_and_media_types_name_a_format() -> None:
    assert by_name("SELECT", "CSV").media == "text/csv"
    assert by_name("CONSTRUCT", "nt").media == "application/n-triples"
    assert by_name("CONSTRUCT", "text/turtle").key == "turtle"
    with pytest.raises(NotAcceptableError, match="turtle, ntriples"):
        by_name("CONSTRUCT", "csv")


@pytest.mark.parametrize(
    ("header", "chosen", "language"),
    [
        ("", "", "fr"),
        ("de", "", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "", "en"),
        ("en;q=0.5, fr", "", "fr"),
        ("fr", "en", "en"),
        ("en", "xx", "en"),
    ],
)
def test_the_language_is_french_unless_asked_otherwise(
    header: str, chosen: str, language: str
) -> None:
    assert preferred(header, chosen) == language
