"""How a platform gives an answer that is too long for one: the key ``paging`` of its file.

::

    platform:
      paging: {next: $.next_page_url}                 # the answer names the next page
      paging: {page: page, pages: X-WP-TotalPages}    # pages are counted from 1
      paging: {offset: offset, limit: limit, size: 10, total: $.total_count}
      paging: {links: yes}                            # the feed links to its next page
      paging: [{next: $.next}, {page: page, pages: $.pages}]  # the first that says something
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mappings.documents import Items, Text, Value
from mappings.yarrrml_text import Reading
from vocab.messages import say

_KEYS = {
    key: (key,) for key in ("next", "page", "offset", "limit", "size", "pages", "total", "links")
}
_PATH = re.compile(r"\$(\.[A-Za-z_][\w-]*)+")
_PARAMETER = re.compile(r"[\w.\[\]-]+")
_HEADER_OR_PATH = re.compile(rf"[A-Za-z][\w-]*|{_PATH.pattern}")
_SIZE = re.compile(r"[1-9][0-9]{0,4}")
_YES = re.compile(r"yes|no")
_RULES = {
    "next": (_PATH, "$.next"),
    "page": (_PARAMETER, "page"),
    "offset": (_PARAMETER, "offset"),
    "limit": (_PARAMETER, "limit"),
    "size": (_SIZE, "100"),
    "pages": (_HEADER_OR_PATH, "X-WP-TotalPages"),
    "total": (_HEADER_OR_PATH, "$.total"),
    "links": (_YES, "yes"),
}


@dataclass(frozen=True, slots=True)
class Paging:
    """Where an answer says that it goes on; "" and 0 where it does not.

    ``next`` is the path of the next page's address in a JSON answer. ``page`` is the query
    parameter that numbers pages from 1, and ``offset`` the one that says how many entries to
    skip; ``limit`` is the one that says how many entries a page has, and ``size`` how many it
    has when the address does not say. The end is told by a header or at a path: ``pages`` is
    how many pages there are, ``total`` how many entries. With ``links``, a feed's own link to
    its next page is followed (RFC 5005, section 3).
    """

    next: str = ""
    page: str = ""
    offset: str = ""
    limit: str = ""
    size: int = 0
    pages: str = ""
    total: str = ""
    links: bool = False

    @property
    def counted(self) -> bool:
        """Whether the number of pages stands outside of the first one's entries."""
        return bool(self.page or self.offset)


def read_paging(value: Value | None, reading: Reading) -> tuple[Paging, ...]:
    """The ways to go on that ``value`` writes, one or a list of them; none when it is absent.

    Raises:
        MappingError: when it cannot be understood, or does not say where the end is.
    """
    if value is None:
        return ()
    ways = value if isinstance(value, Items) else (value,)
    return tuple(_paging(way, reading) for way in ways)


def _paging(value: Value, reading: Reading) -> Paging:
    table = {key: reading.text(each) for key, each in reading.table(value, _KEYS).items()}
    for key, text in table.items():
        _checked(key, text, reading)
    given = {key: str(text) for key, text in table.items() if key not in {"size", "links"}}
    paging = Paging(
        **given, size=int(table.get("size", Text("0"))), links=table.get("links") == "yes"
    )
    by_number = paging.page and (paging.pages or (paging.total and paging.size))
    by_offset = paging.offset and paging.total and paging.size
    if paging.counted and not (by_number or by_offset):
        raise reading.error(
            value,
            say(
                "{file}:{line}: nothing says where the pages end — write pages beside page, or "
                "total and size beside page or offset"
            ),
        )
    return paging


def _checked(key: str, text: Text, reading: Reading) -> None:
    pattern, example = _RULES[key]
    if not pattern.fullmatch(text):
        raise reading.error(
            text,
            say(
                "{file}:{line}: {name} cannot be “{value}” — write it like {example}",
                name=key,
                value=text,
                example=example,
            ),
        )
