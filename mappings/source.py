"""Where the records of a mapping come from, and where what they say goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from vocab.messages import Message, say

ENCODINGS: Final = ("UTF-8", "UTF-16", "ISO-8859-1", "ISO-8859-15", "Windows-1252")
"""Some that occur; any that Python knows is read."""


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a CSV file is written (CSV on the Web, dialect descriptions).

    ``quote`` and ``comment`` are "" where there is none, and a line that begins with ``comment`` is
    passed over; ``skip`` lines stand before the first row; without a ``header`` the columns are
    called ``_col.1``, ``_col.2``…; ``trim`` takes the white space around cells away; a quote within
    quotes is doubled, or else follows a backslash.
    """

    delimiter: str = ","
    quote: str = '"'
    comment: str = ""
    skip: int = 0
    header: bool = True
    trim: bool = False
    double: bool = True

    @classmethod
    def of(cls, access: str) -> CsvDialect:
        """What is meant where nothing is said: tabs in a file whose name says so, else commas."""
        return cls("\t") if access.lower().endswith((".tsv", ".tab")) else cls()


@dataclass(frozen=True, slots=True)
class Database:
    """A database that holds the records: for translation only, nothing is asked of it.

    ``query`` or ``table`` is given; ``dialect`` is the SQL it speaks ("sql2008", "mysql").
    """

    query: str = ""
    table: str = ""
    dialect: str = ""
    type: str = ""
    username: str = ""
    password: str = ""
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the records of a triples map come from.

    ``formulation`` is "csv", "jsonpath" or "xpath"; ``iterator`` a JSONPath or an XPath, "" for
    csv. ``root`` is what a relative ``access`` is seen from: "mapping", the folder of the mapping;
    "working", the working directory; "", the first of the two that has it; or a folder.
    ``dialect`` says how a CSV file is written; ``encoding`` is "" where nothing is said, which
    means UTF-8, or what an XML file says itself. ``nulls`` are texts that say nothing (RML-IO,
    rml:null); ``compression`` is "", "gzip", "zip", "targz" or "tarxz"; ``namespaces`` are the
    prefixes of the XPaths; ``address`` is where on the web the file is from, which is not fetched;
    ``line`` is where the mapping says all this.
    """

    access: str
    formulation: str
    iterator: str = ""
    dialect: CsvDialect = CsvDialect()
    encoding: str = ""
    root: str = ""
    nulls: tuple[str, ...] = ()
    compression: str = ""
    namespaces: tuple[tuple[str, str], ...] = ()
    database: Database | None = None
    address: str = ""
    line: int = field(default=0, compare=False)

    @property
    def is_utf8(self) -> bool:
        """Whether its bytes are UTF-8, stated or not."""
        return self.encoding.lower() in ("", "utf-8", "utf8")


@dataclass(frozen=True, slots=True)
class Target:
    """Where statements are to be written (RML-IO): for translation only."""

    access: str
    type: str = ""
    serialization: str = ""
    compression: str = ""


def place(access: str) -> dict[str, str]:
    """Where the file ``access`` is looked for, as fields of a ``Source``.

    Nothing is fetched: an address of the web means the file of its name beside the mapping.
    """
    parts = urlsplit(access)
    if parts.scheme in ("http", "https", "ftp"):
        name = unquote(parts.path).rpartition("/")[2]
        return {"access": name, "root": "mapping", "address": access}
    return {"access": access}


def not_written(file: str, line: int) -> Message:
    """That a target is not written to."""
    return say(
        "{file}:{line}: targets are not written — what the mapping makes is printed; redirect it"
        " to a file",
        file=file,
        line=line,
    )
