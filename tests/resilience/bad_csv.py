"""Tables that are none, or whose cells are not what they say."""

from __future__ import annotations

from tests.resilience.bad import Bad, emptied, failed, stored
from tests.resilience.raw import answer

HEAD = "id,nom,latitude,longitude\n"
NEW = "neuf,Grange,45.68,6.14\n"


def table(*rows: str, head: str = HEAD) -> bytes:
    """A table: these rows after a sound one."""
    return "".join([head, NEW, *(f"{row}\n" for row in rows)]).encode()


CASES: tuple[Bad, ...] = (
    failed("a-quotation-never-closed", "csv", table('b,"Grange', "c,Café,1,2"), "never closed"),
    failed(
        "one-column-of-prose",
        "csv",
        b"Erreur de connexion\nReessayez plus tard\n",
        "none of its entries",
        "no-column",
    ),
    failed("json-instead-of-a-table", "csv", b'{"error": "quota"}', "JSON, not CSV"),
    failed(
        "a-spreadsheet", "csv", b"PK\x03\x04" + bytes(range(256)) * 30, "a spreadsheet, an archive"
    ),
    emptied("a-header-alone", "csv", HEAD.encode()),
    stored("a-row-too-long", "csv", table("b,B,45,6,7,8,9"), "csv-"),
    stored("a-row-too-short", "csv", table("b,B"), "csv-"),
    stored(
        "a-cell-of-one-megabyte", "csv", table("b," + "x" * 1_000_000 + ",45,6"), "place-name-form"
    ),
    stored("nul-in-a-cell", "csv", table("b,B\0B,45,6")),
    stored(
        "thousands-of-columns",
        "csv",
        table(head=HEAD[:-1] + "".join(f",c{n}" for n in range(5_000)) + "\n"),
    ),
    stored(
        "the-same-column-thrice", "csv", table(head="id,nom,latitude,longitude,nom,nom\n"), "csv-"
    ),
    stored(
        "the-same-id-in-each-row", "csv", table(*(f"b,Grange {n},45,6" for n in range(500))), "csv-"
    ),
    stored("coordinates-in-words", "csv", table("b,B,ici,là")),
    stored(
        "coordinates-with-commas", "csv", b"id;nom;latitude;longitude\nneuf;Grange;45,68;6,14\n"
    ),
    stored("formulas", "csv", table('b,"=HYPERLINK(""http://127.0.0.1"")",45,6', "c,@SUM(1),45,6")),
    stored("a-table-in-utf-16", "csv", table("b,Café,45,6").decode().encode("utf-16")),
    stored(
        "latin-1-in-a-table",
        "csv",
        answer(table("b,Café,45,6").decode().encode("latin-1"), "text/csv; charset=utf-8"),
    ),
    stored("returns-alone", "csv", table("b,B,45,6").replace(b"\n", b"\r")),
    stored("commas-alone", "csv", table(*[",,,"] * 2_000)),
    stored(
        "twenty-thousand-rows", "csv", table(*(f"p{n},Lieu {n},45.6,6.1" for n in range(5_000)))
    ),
    stored("an-id-that-breaks-iris", "csv", table('"<> ""{}|^`\\",B,45,6')),
    stored("a-place-without-a-name", "csv", table("b,,45,6"), "record-nameless"),
)
