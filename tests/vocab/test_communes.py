"""Communes named in text, on cases made by hand: precision comes before recall."""

import time

import pytest

from vocab.communes import ELSEWHERE, commune_in, town, whereabouts
from vocab.territory.atlas import shipped

KNOWN = {code: commune.name for code, commune in shipped().communes.items()}

NAMED = {
    "Salle des fêtes, 73630 École": "École",
    "Salle des fêtes, École": "École",
    "Salle des fêtes\n73630 ECOLE": "École",
    "École (73)": "École",
    "École, 73630": "École",
    "Salle polyvalente - Jarsy": "Jarsy",
    "Salle polyvalente – Jarsy": "Jarsy",
    "La Grange aux Idées (Bellecombe-en-Bauges)": "Bellecombe-en-Bauges",
    "BELLECOMBE EN BAUGES": "Bellecombe-en-Bauges",
    "Allèves": "Allèves",
    "Le Noyer": "Le Noyer",
    "le Châtelard": "Le Châtelard",
    "Église, Le Châtelard": "Le Châtelard",
    "école, Le Châtelard": "Le Châtelard",
    "École, Le Châtelard": "Le Châtelard",
    "Ferme du Col, 73340 Saint-François-de-Sales": "Saint-François-de-Sales",
    "St François de Sales": "Saint-François-de-Sales",
    "Salle communale à Ste Reine": "Sainte-Reine",
    "Sous le préau de l'école, 73340 Le Noyer": "Le Noyer",
    "73630 LE CHATELARD EN BAUGES": "Le Châtelard",
    "Salle du conseil, Mairie du Châtelard": "Le Châtelard",
    "Mairie d'Arith": "Arith",
    "Mairie d’Arith": "Arith",
    "Marché des Gets": "Les Gets",
    "Foyer rural à Aillon-le-Vieux": "Aillon-le-Vieux",
    "Gymnase, rue de l'École, 73630 Le Châtelard, France": "Le Châtelard",
    "Place de la Mairie, Le Châtelard (73630)": "Le Châtelard",
    "rue de Chambéry, 73340 Lescheraines": "Lescheraines",
    "Foyer d'Annecy, 73340 Lescheraines": "Lescheraines",
    "Chambéry": "Chambéry",
    "Chambéry, France": "Chambéry",
    "73000 Chambéry cedex": "Chambéry",
    "CHAMBÉRY": "Chambéry",
    "73670 Saint-Pierre-d'Entremont": "Saint-Pierre-d'Entremont",
    "Mairie de La Motte-en-Bauges": "La Motte-en-Bauges",
}

SILENT = (
    "",
    "Mairie",
    "École",
    "À l'école",
    "l'école du village",
    "Salle des fêtes, école",
    "Fête d'école",
    "École, salle des fêtes",
    "La Chapelle",
    "dans la table ronde",
    "12 route d'Annecy",
    "Rue de Chambéry",
    "Place de l'Église",
    "Vallée de Bellevaux",
    "Chapelle Saint François de Sales",
    "Office de tourisme La Chapelle d'Abondance",
    "Club alpin, refuge de Bonne",
    "marché d'arith",
    "bellecombe-en-bauges",
    "12000 personnes",
    "à 12 km d'Annecy",
    "73340 Les Granges",
    "https://visio.example/12345",
    "Communauté de communes du Châtelard",
    "\ud83d\ude00 ¼ ª",
)

AWAY = (
    "rue de l'école, Lyon",
    "Salle Rameau, Lyon",
    "Musée de Grenoble",
    "38530 Pontcharra",
    "Salle des fêtes, 38530, Pontcharra",
    "Le Bourg (38)",
    "38380 Saint-Pierre-d'Entremont",
    "69003 Lyon, France",
    "Genève, Suisse",
    "Le Châtelard, Lescheraines",
    "73630 Le Châtelard 73340 Lescheraines",
    "de Jarsy - Le Châtelard",
)


@pytest.mark.parametrize(("text", "name"), NAMED.items())
def test_a_commune_named_in_a_text_is_recognised(text: str, name: str) -> None:
    code = commune_in(text)
    assert code is not None
    assert KNOWN[code] == name


@pytest.mark.parametrize("text", SILENT)
def test_a_text_that_names_no_commune_says_nothing(text: str) -> None:
    assert whereabouts(text) is None


@pytest.mark.parametrize("text", AWAY)
def test_a_place_that_is_not_here_or_not_one_place_is_told_from_silence(text: str) -> None:
    assert whereabouts(text) == ELSEWHERE
    assert commune_in(text) is None


@pytest.mark.parametrize("name", KNOWN.values())
def test_every_commune_is_recognised_after_its_postcode_and_in_a_field_for_towns(name: str) -> None:
    codes = [code for code, known in KNOWN.items() if known == name]
    assert commune_in(f"Mairie, {codes[0][:2]}999 {name.upper()}") == codes[0]
    assert town(name.replace("-", " ").lower()) == codes[0]


@pytest.mark.parametrize(
    ("name", "postcode", "found"),
    [
        ("École", "", "73106"),
        ("ecole", "73630", "73106"),
        ("Châtelard (Le)", "", "73081"),
        ("NOYER", "73340", "73192"),
        ("73630 École", "", "73106"),
        ("Annecy Cedex", "74000", "74010"),
        ("Lyon", "", ELSEWHERE),
        ("Pontcharra", "38530", ELSEWHERE),
        ("Saint-Pierre-d'Entremont", "38380", ELSEWHERE),
        ("École", "74000", ELSEWHERE),
        ("Les Granges", "73340", None),
        ("", "73340", None),
    ],
)
def test_a_field_for_towns_needs_neither_capital_nor_article(
    name: str, postcode: str, found: str | None
) -> None:
    assert town(name, postcode) == found


def test_most_texts_are_told_to_name_nothing_in_a_few_microseconds() -> None:
    whereabouts("Mairie")
    start = time.process_time()
    for number in range(10_000):
        whereabouts(f"Bibliothèque municipale {number}")
    assert time.process_time() - start < 0.5


def test_a_postcode_of_one_commune_only_says_where_a_hamlet_is() -> None:
    assert town("Les Bossons", "74400") == town("", "74400") == town("Chamonix-Mont-Blanc")
    assert town("Le hameau d'en haut", "73630") is None  # the postcode of several
    assert town("", "73630") is None
    assert town("", "69001") == ELSEWHERE
