"""The word matcher: whole values and codes as written, never substrings."""

import pytest

from vocab import CONCEPT, VocabularyError
from vocab.words import find, in_name, lookup, normalise


def named(*paths: str) -> tuple[str, ...]:
    return tuple(CONCEPT + path for path in paths)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café-associatif", "cafe associatif"),
        ("  TIERS_LIEUX ", "tiers lieux"),
        ("Œuvre d’art", "oeuvre d art"),
        ("co-working / fablab", "co working fablab"),
        ("—", ""),
    ],
)
def test_normalise_folds_case_accents_and_punctuation(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("scheme", "text", "slug"),
    [
        ("type", "Espace de coworking", "coworking"),
        ("type", "CO-WORKING", "coworking"),
        ("type", "Coworking space", "coworking"),
        ("type", "TIERS_LIEUX", "tiers-lieu"),
        ("type", "office=coworking", "coworking"),
        ("type", "amenity=coworking_space", "coworking"),
        ("type", "Tiers lieux à dominante fablab", "fablab"),
        ("space", "salle-reunion", "salle-reunion"),
        ("theme", "Marchés, brocantes, ventes", "marche-vente"),
        ("statut", "En projet", "projet"),
    ],
)
def test_a_whole_value_names_its_concept(scheme: str, text: str, slug: str) -> None:
    assert lookup(scheme, text) == f"{CONCEPT}{scheme}/{slug}"


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        ("type", "Fabuleux coworking du lac"),
        ("type", "cowork"),
        ("type", ""),
        ("actor", "tango de l'accordéon"),
        ("legal", "SAINT"),
    ],
)
def test_no_substring_ever_matches(scheme: str, text: str) -> None:
    assert lookup(scheme, text) is None


@pytest.mark.parametrize(
    ("scheme", "code", "word"),
    [
        ("actor", "CA", "ça"),
        ("actor", "CC", "cc"),
        ("legal", "SA", "sa"),
        ("legal", "EI", "ei"),
        ("actor", "OF", "of"),
        ("theme", "AG", "âg"),
        ("service", "SEL", "sel"),
    ],
)
def test_a_short_code_matches_only_in_capitals(scheme: str, code: str, word: str) -> None:
    assert lookup(scheme, code) is not None
    assert lookup(scheme, word) is None


def test_the_same_word_is_read_within_its_scheme() -> None:
    assert lookup("actor", "association") == CONCEPT + "actor/association"
    assert lookup("legal", "association") == CONCEPT + "legal/association-1901"


def test_find_splits_a_field_and_keeps_labels_that_contain_a_separator() -> None:
    text = "Fablab / Makerspace / Hackerspace; Jardin partagé, EPN|inconnu\nJardins partagés"
    assert find("type", text) == named(
        "type/espace-du-faire", "type/jardin-partage", "type/espace-mediation-numerique"
    )


def test_find_splits_on_a_slash_between_single_labels() -> None:
    assert find("type", "ludothèque/ressourcerie") == named("type/ludotheque", "type/ressourcerie")


@pytest.mark.parametrize(
    ("scheme", "name", "expected"),
    [
        ("actor", "VILLE D'ALLONNES", named("actor/commune")),
        ("actor", "Villefranche en fête", ()),
        ("actor", "Grand Lac Agglo", named("actor/intercommunalite")),
        ("actor", "CCAS DE SAINT-MARCELLIN", named("actor/ccas")),
        ("actor", "ON NE SAIT PLUS OU EST SA MAISON", ()),
        ("actor", "Les amis de la commune", ()),
        ("legal", "PRISME CAE SCIC", named("legal/cae", "legal/scic")),
        ("actor", "D2L / COLLECTIF RUE DE LA SOLIDARITE", named("actor/collectif")),
        (
            "actor",
            "MAIRIE DE X ET TOULOUSE MÉTROPOLE",
            named("actor/commune", "actor/intercommunalite"),
        ),
    ],
)
def test_a_name_says_what_its_patterns_and_codes_say(
    scheme: str, name: str, expected: tuple[str, ...]
) -> None:
    assert in_name(scheme, name) == expected


def test_an_unknown_scheme_is_told_with_the_known_ones() -> None:
    with pytest.raises(VocabularyError, match="no concept scheme kind — write one of: access, "):
        lookup("kind", "fablab")
