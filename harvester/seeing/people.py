"""People in a source, who are never published (design, rule 14): told so that it is seen. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from harvester.records import Content

_NEVER_READ = re.compile(
    rb"^(ATTENDEE|ORGANIZER|CONTACT)[;:]|<(author|dc:creator|managingEditor|webMaster)[\s>]",
    re.MULTILINE | re.IGNORECASE,
)
"""What readers of calendars (RFC 5545) and feeds leave unread: it names somebody."""

_FIELDS = frozenset(
    {"attendee", "attendees", "author", "authors", "auteur", "contact", "contacts", "creator"}
    | {"organizer", "organisateur", "referent", "owner", "members", "contributor", "performer"}
)


def people_in(contents: Iterable[Content], unread: Mapping[str, int]) -> dict[str, int]:
    """Name of a field that holds people → how often it is there.

    Args:
        contents: what the source gave.
        unread: the fields that no rule of its mapping reads.
    """
    found = Counter(
        (match[1] or match[2]).decode().lower()
        for content in contents
        if content.body.lstrip().startswith((b"BEGIN:", b"<"))
        for match in _NEVER_READ.finditer(content.body)
    )
    named = {name: count for name, count in unread.items() if _is_of_people(name)}
    return {**dict(found.most_common()), **named}


def _is_of_people(name: str) -> bool:
    return bool(_FIELDS & set(name.casefold().replace("_", ".").split(".")))
