"""Records that break a rule are kept out, and the last good version stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from harvester.check import checked
from harvester.digest import Digest, Origin
from store.changes import Lines
from vocab import term
from vocab.iris import Iris

IRIS = Iris("https://node.example/")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BAL, FOIRE = IRIS.record("mairie", "bal"), IRIS.record("mairie", "foire")


def event(iri: str, name: str = "Bal", start: str = "2026-06-13", **more: str) -> Lines:
    said = {
        "rdf:type": f"<{term('schema:Event')}>",
        "schema:startDate": f'"{start}"^^<{term("xsd:date")}>',
        **({"schema:name": f'"{name}"@fr'} if name else {}),
        **{key.replace("_", ":"): value for key, value in more.items()},
    }
    return frozenset(f"<{iri}> <{term(key)}> {value} ." for key, value in said.items())


def digest(records: Mapping[str, Lines]) -> Digest:
    origins = {iri: Origin((iri.rpartition("/")[2],), "VEVENT 1, line 3") for iri in records}
    return Digest(records, (), origins)


def look(records: Mapping[str, Lines], known: Mapping[str, Lines] | None = None) -> Digest:
    return checked(digest(records), known or {}, IRIS.record_of, NOW)


def test_a_good_record_is_kept() -> None:
    read = {BAL: event(BAL)}
    assert look(read).records == read


def test_a_record_without_name_is_kept_out_and_told() -> None:
    result = look({BAL: event(BAL, name=""), FOIRE: event(FOIRE)})
    assert result.records.keys() == {FOIRE}
    (issue,) = [each for each in result.issues if each.severity == "error"]
    assert (issue.key, issue.where) == (("bal",), "VEVENT 1, line 3")


def test_the_last_good_version_stays_published() -> None:
    good, bad = event(BAL), event(BAL, name="<b>Bal</b>")
    assert look({BAL: bad}, known={BAL: good}).records == {BAL: good}


def test_a_warning_is_published_and_told() -> None:
    result = look({BAL: event(BAL)})
    assert result.records.keys() == {BAL}
    assert any(issue.severity == "warning" for issue in result.issues)


def test_what_did_not_change_is_told_again_and_stays() -> None:
    """Else the state of a source would tell of its last change only."""
    for same in (event(BAL), event(BAL, name="")):
        first, again = look({BAL: same}), look({BAL: same}, known={BAL: same})
        assert again.records == {BAL: same}
        assert again.issues == first.issues != ()


def test_an_end_before_the_start_is_kept_out_whatever_their_types() -> None:
    mixed = f'"2026-06-12T20:00:00+02:00"^^<{term("xsd:dateTime")}>'
    assert look({BAL: event(BAL, schema_endDate=mixed)}).records == {}


def test_a_part_of_a_record_is_judged_with_it() -> None:
    place = f"{BAL}#location"
    lines = event(BAL, schema_location=f"<{place}>") | {
        f"<{place}> <{term('rdf:type')}> <{term('schema:Place')}> .",
        f'<{place}> <{term("schema:name")}> "Salle"@fr .',
        f"<{place}> <{term('schema:url')}> <javascript:alert(1)> .",
    }
    assert look({BAL: lines}).records == {}


def test_a_date_is_judged_with_its_series_even_when_the_series_did_not_change() -> None:
    yoga, tuesday = IRIS.record("mairie", "yoga"), IRIS.record("mairie", "yoga", "20260512")
    series = {
        yoga: frozenset(
            {
                f"<{yoga}> <{term('rdf:type')}> <{term('schema:EventSeries')}> .",
                f'<{yoga}> <{term("schema:name")}> "Yoga"@fr .',
                f'<{yoga}> <{term("eb:recurrenceRule")}> "FREQ=WEEKLY" .',
            }
        )
    }
    date = {tuesday: event(tuesday, start="2026-05-12", schema_superEvent=f"<{yoga}>")}
    assert tuesday in look({**series, **date}, known=series).records


def test_a_wrong_registration_number_is_left_out_and_its_record_stays() -> None:
    siret = f"{BAL}#siret"
    lines = event(BAL) | {
        f"<{BAL}> <{term('schema:identifier')}> <{siret}> .",
        f"<{siret}> <{term('rdf:type')}> <{term('schema:PropertyValue')}> .",
        f'<{siret}> <{term("schema:propertyID")}> "SIRET" .',
        f'<{siret}> <{term("schema:value")}> "12345678901234" .',
    }
    result = look({BAL: lines})
    assert result.records == {BAL: event(BAL)}
    assert [issue.code for issue in result.issues if issue.severity == "error"] == ["siret-digits"]


def test_a_record_that_is_announced_again_but_unreadable_needs_no_place() -> None:
    """It was marked as missing, so taking the mark away changes it; nobody read it."""
    since = f'"2026-05-01T00:00:00Z"^^<{term("xsd:dateTime")}>'
    marked = event(BAL, eb_noLongerAnnouncedSince=since)
    result = checked(Digest({BAL: event(BAL)}, (), {}), {BAL: marked}, IRIS.record_of, NOW)
    assert (result.records, result.issues) == ({BAL: event(BAL)}, ())
