"""Files of communes as administrations publish them, and the table that comes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from harvester.life.safekeeping import own_mappings
from harvester.records import ReadError
from harvester.sources import load
from harvester.sources.problems import ConfigError
from harvester.whereabouts.importing import Imported, TerritoryError, imported
from mappings import platforms
from vocab.territory.atlas import Commune, Former, read_table, shipped
from vocab.territory.points import Point

GEO_API = [
    {
        "code": "38314", "nom": "Pontcharra", "codesPostaux": ["38530"], "population": 7000,
        "centre": {"type": "Point", "coordinates": [6.02, 45.43]},
    },
    {
        "code": "38446", "nom": "Saint-Pierre-d'Entremont", "codesPostaux": ["73670", "38380"],
        "centre": {"type": "Point", "coordinates": [5.85, 45.41]},
    },
]  # fmt: skip
SQUARE = [[[6.0, 45.4], [6.04, 45.4], [6.04, 45.46], [6.0, 45.46], [6.0, 45.4]]]
GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "38314", "nom": "Pontcharra", "codesPostaux": ["38530"]},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
    ],
}
LA_POSTE = """#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5
38314;PONTCHARRA;38530;PONTCHARRA;
38446;ST PIERRE D ENTREMONT;38380;ST PIERRE D ENTREMONT;
38446;ST PIERRE D ENTREMONT;73670;ST PIERRE D ENTREMONT;
"""
INSEE = """TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT
COM,38314,84,38,Pontcharra,
COMD,38500,84,38,Grignon,38314
ARM,69381,84,69,Lyon 1er,69123
"""
SHEET = "Code INSEE;Commune;CP;Latitude;Longitude\n38314;Pontcharra;38530;45,43;6,02\n"
PONTCHARRA = Commune("38314", "Pontcharra", ("38530",), Point(45.43, 6.02), common="word")


def taken(folder: Path, content: str | bytes | object, own: str = "") -> Imported:
    file = folder / "communes.txt"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
    return imported(file, own)


def communes(made: Imported) -> dict[str, Commune]:
    return {each.code: each for each in read_table(made.table)}


@pytest.mark.parametrize("content", [GEO_API, GEOJSON, SHEET, SHEET.replace(";", "\t")])
def test_a_commune_is_the_same_from_whichever_file(tmp_path: Path, content: object) -> None:
    made = taken(tmp_path, content)
    assert communes(made)["38314"] == PONTCHARRA
    assert made.slips == ()


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
def test_the_lines_of_the_post_office_are_one_commune(tmp_path: Path, encoding: str) -> None:
    made = taken(tmp_path, LA_POSTE.encode(encoding))
    assert communes(made)["38446"].postcodes == ("38380", "73670")
    assert made.arrivals[0].communes == 2


def test_files_add_to_one_another_and_names_keep_their_accents(tmp_path: Path) -> None:
    first = taken(tmp_path, GEO_API)
    second = taken(tmp_path, LA_POSTE, first.table)
    third = taken(tmp_path, INSEE, second.table)
    assert second.table == first.table
    assert communes(third)["38314"].former == (Former("38500", "Grignon"),)
    assert communes(third)["38314"].centre == Point(45.43, 6.02)
    assert (third.arrivals[0].communes, third.arrivals[0].gone) == (1, 1)
    assert "38446" not in communes(third)  # a file holds its departments whole


def test_what_an_operator_added_stays_and_other_departments_too(tmp_path: Path) -> None:
    own = taken(tmp_path, GEO_API).table.replace("Pontcharra,,word", "Pontcharra,Pontchat,name")
    isere = taken(tmp_path, GEO_API, own)
    assert isere.table == own
    ain = taken(tmp_path, "code;nom\n01004;Ambérieu-en-Bugey\n", own)
    assert {*communes(ain)} == {"01004", "38314", "38446"}
    assert communes(ain)["38314"].also == ("Pontchat",)


def test_a_shipped_department_may_be_brought_up_to_date(tmp_path: Path) -> None:
    made = taken(tmp_path, "code,nom,code postal\n73081,Le Châtelard,73631\n")
    (chatelard,) = communes(made).values()
    known = shipped().communes["73081"]
    assert chatelard.postcodes == ("73631",)
    assert (chatelard.also, chatelard.centre) == (known.also, known.centre)


def test_mistakes_are_told_with_their_place_and_the_rest_comes_in(tmp_path: Path) -> None:
    sheet = (
        "code insee,nom,code postal,lat,lon\n"
        "38314,Pontcharra,38530,6.02,45.43\n"
        "ABC,Nulle part,38000,45,6\n"
        "38006,,38580,45.39,6.09\n"
        "1004,Ambérieu-en-Bugey,1500,45.96,5.37\n"
        "38185,Grenoble,3800O,52.5,13.4\n"
    )
    made = taken(tmp_path, sheet)
    assert [slip.where for slip in made.slips] == [
        "line 2", "line 3", "line 4", "line 5", "line 6", "line 6",
    ]  # fmt: skip
    assert communes(made)["38314"] == PONTCHARRA  # the coordinates were swapped
    assert communes(made)["01004"].postcodes == ("01500",)
    assert communes(made)["38185"].centre is None
    assert len(communes(made)) == 3


def test_a_file_of_the_whole_country_needs_the_names_of_departments(tmp_path: Path) -> None:
    rows = "".join(f"{number:02d}001;Ville {number}\n" for number in range(1, 15))
    with pytest.raises(TerritoryError, match="14 departments"):
        taken(tmp_path, f"code;nom\n{rows}")
    made = imported(tmp_path / "communes.txt", "", ["02", "03"])
    assert {*communes(made)} == {"02001", "03001"}
    with pytest.raises(TerritoryError, match="no commune of the department 38"):
        imported(tmp_path / "communes.txt", "", ["38"])


@pytest.mark.parametrize("content", ["titre;date\nBal;demain\n", "[]", '{"code": "x"}'])
def test_a_file_that_tells_no_commune_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises((TerritoryError, ReadError)):
        taken(tmp_path, content)


@pytest.mark.parametrize("content", ["", '{"nom":', "%PDF-1.4"])
def test_a_file_that_cannot_be_read_is_named_as_a_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(TerritoryError, match=r"^communes\.txt|^« ?communes\.txt"):
        taken(tmp_path, content)


def test_an_imported_department_is_known_to_validate(tmp_path: Path) -> None:
    config, file = tmp_path / "sources.toml", tmp_path / "isere.json"
    others = [{"code": f"388{number:02d}", "nom": f"Bourg {number}"} for number in range(15)]
    file.write_text(json.dumps([*GEO_API, *others]), encoding="utf-8")
    ran = CliRunner().invoke(main, ["--config", str(config), "territory", "import", str(file)])
    assert ran.exit_code == 0, ran.output
    again = CliRunner().invoke(main, ["--config", str(config), "territory", "import", str(file)])
    assert "already" in again.output or "déjà" in again.output
    site = (
        '[site]\ntitle = "Essai"\nbase = "https://node.example/"\n'
        'contact = "a@node.example"\nterritory = ["{code}"]\n'
    )
    config.write_text(site.format(code="38314"), encoding="utf-8")
    assert load(config, kinds=platforms().keys()).communes
    config.write_text(site.format(code="38530"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(config, kinds=platforms().keys())
    assert 'write the INSEE code, one of "38314" (Pontcharra)' in caught.value.render()


def test_a_mistake_in_the_table_of_the_node_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "communes.csv").write_text("code,name\n38314,\n", encoding="utf-8")
    (tmp_path / "sources.toml").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "sources.toml", kinds=())
    assert "communes.csv:2: this line tells no commune" in caught.value.render()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    config, file = tmp_path / "sources.toml", tmp_path / "isere.json"
    file.write_text(json.dumps(GEO_API), encoding="utf-8")
    asked = ["--config", str(config), "territory", "import", "--dry-run", str(file)]
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert not (tmp_path / "communes.csv").exists()


def test_a_part_of_a_department_is_told(tmp_path: Path) -> None:
    config, file = tmp_path / "sources.toml", tmp_path / "isere.json"
    file.write_text(json.dumps(GEO_API), encoding="utf-8")
    ran = CliRunner().invoke(main, ["--config", str(config), "territory", "import", str(file)])
    assert "38" in ran.stderr
    site = (
        '[site]\ntitle = "Essai"\nbase = "https://node.example/"\n'
        'contact = "a@node.example"\nterritory = ["38006"]\n'
    )
    config.write_text(site, encoding="utf-8")
    loaded = load(config, kinds=platforms().keys())
    assert loaded.site.territory == ("38006",)
    assert own_mappings(loaded) == {"communes.csv": tmp_path / "communes.csv"}  # it is backed up
