"""The rules of the keys that say which pages of a site, and which things of a peer, are read.

As in ``rules``, a rule that is broken raises ``WrongValueError`` with a sentence for the operator.
"""

from __future__ import annotations

import re

from harvester.peers.selection import Selection, iri_of
from harvester.sources.problems import WrongValueError, toml
from vocab import PREFIXES
from vocab.messages import say

_LARGEST_PAGE = 5_000
_PART = re.compile(r"\b(?:LIMIT|OFFSET)\s+[0-9]", re.IGNORECASE)
_SERVICE = re.compile(r"\bSERVICE\s+(?:SILENT\s+)?[<?$\w]", re.IGNORECASE)
_MOST_BRACES = 50  # hundreds of nested ones end the process that parses them
_IRI = re.compile(r"(?:https?://|urn:)[^\x00-\x20<>\"{}|\\^`]+")


def only(value: object) -> object:
    """What the addresses of pages must contain, one text or several."""
    texts = (value,) if isinstance(value, str) else value
    if isinstance(texts, list | tuple) and all(isinstance(one, str) and one for one in texts):
        return tuple(texts)
    raise WrongValueError(
        say("“only” is not a part of an address: {value}", value=toml(value)),
        say('write what the addresses of the wanted pages contain: only = "/agenda/"'),
    )


def classes(value: object) -> object:
    """The classes of the things that a peer is asked for."""
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise WrongValueError(
            say("“classes” names no class: {value}", value=toml(value)),
            say('list them: classes = ["schema:Event", "schema:Place"]'),
        )
    for each in names:
        iri = iri_of(each) if isinstance(each, str) else ""
        if not _IRI.fullmatch(iri):
            raise WrongValueError(
                say("“classes” holds what is no class: {value}", value=toml(each)),
                say(
                    "write a whole IRI, or a name with one of these prefixes: {known}",
                    known=", ".join(sorted(PREFIXES)),
                ),
            )
    return tuple(names)


def graph(value: str) -> str:
    """The IRI of a named graph."""
    if not _IRI.fullmatch(value):
        raise WrongValueError(
            say("“graph” is not the IRI of a graph: {value}", value=toml(value)),
            say('write all of it: graph = "https://peer.example/graph/canonical"'),
        )
    return value


def page_size(value: object) -> object:
    """How many things of a peer are asked for at once."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LARGEST_PAGE:
        raise WrongValueError(
            say("“page_size” is not a number of things: {value}", value=toml(value)),
            say("write a number from 1 to {most}, without quotes", most=_LARGEST_PAGE),
        )
    return value


def query(value: str) -> str:
    """A SELECT whose first variable is the things that a peer is asked for (SPARQL 1.1).

    What will be asked is made of it here, and parsed; the peer is not.
    """
    remedy = say(
        "write which things you want: SELECT ?thing WHERE {{ ?thing a schema:Event }}; all that "
        "is said of them is read"
    )
    selection = Selection(query=value)
    if not selection.thing:
        raise WrongValueError(say("“query” selects no variable"), remedy)
    if _PART.search(value.rpartition("}")[2]):
        raise WrongValueError(
            say("“query” asks for a part of its things only"),
            say("leave out LIMIT and OFFSET: the pages are made by the program (page_size)"),
        )
    if _SERVICE.search(value) or value.count("{") > _MOST_BRACES:
        raise WrongValueError(
            say("“query” asks another endpoint (SERVICE), or is too deep"),
            say("ask each endpoint as a source of its own, and write a simpler query"),
        )
    import pyoxigraph as ox  # noqa: PLC0415  # rarely used

    try:
        ox.Store().query(selection.things("", 1))
    except (SyntaxError, ValueError) as error:
        reason = " ".join(str(error).split()).partition(", [")[0][:160]
        message = say("“query” is not a query that can be asked: {reason}", reason=reason)
        raise WrongValueError(message, remedy) from error
    return value
