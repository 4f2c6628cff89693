"""What came in with a file of communes, in words."""

from __future__ import annotations

from collections.abc import Iterable

from harvester.telling.tables import Table
from harvester.telling.wording import place_of
from harvester.whereabouts.importing import Arrival
from harvester.whereabouts.official import Slip
from vocab.messages import Message, language_of, say


def arrivals_table(arrivals: Iterable[Arrival]) -> Table:
    """The departments that came in, and how much is known of their communes."""
    headings = (
        say("department"), say("communes"), say("with postcodes"), say("with a centre"),
        say("former ones"), say("no longer there"),
    )  # fmt: skip
    return Table(
        headings,
        tuple(
            (each.department, each.communes, each.postcodes, each.centres, each.former, each.gone)
            for each in arrivals
        ),
    )


def partial_message(department: str) -> Message:
    """A department that came in with too few communes."""
    return say(
        "department {department}: these are not all its communes, so its other INSEE codes are not "
        "checked",
        department=department,
    )


def slip_message(file: str, slip: Slip) -> Message:
    """Something wrong in a file, with its place."""
    return say(
        "{file}, {where}: {what}",
        file=file,
        where=place_of(slip.where, language_of()),
        what=slip.message.render(language_of()),
    )
