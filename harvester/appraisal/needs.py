"""What each kind of thing should say to be of use, and how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vocab.messages import Message, say

Kind = Literal["event", "place", "organization", "service", "article"]


@dataclass(frozen=True, slots=True)
class Need:
    """What a kind of thing should say: any of the ``properties``, worth ``weight`` points.

    With ``where``, it is missed only where one of those is there: who gives no place is not
    told as well that the place is in no commune. A ``text`` is withheld without a licence.
    """

    kind: Kind
    code: str
    weight: int
    properties: tuple[str, ...]
    missing: Message
    remedy: Message
    where: tuple[str, ...] = ()
    text: bool = False


_REACHED = ("schema:telephone", "schema:email", "schema:url", "schema:contactPoint")
_LOCATED = ("schema:address", "schema:location", "eb:commune")

NEEDS = (
    Need(
        "event", "no-place", 25, ("schema:location",),
        say("{missing} of {total} events have no place: −{points}"),
        say("fill in the place of each event (LOCATION in a calendar): name, then commune"),
    ),
    Need(
        "event", "no-commune", 15, ("eb:commune",),
        say("the place of {missing} of {total} events is in no commune that we know: −{points}"),
        say("write the commune after the name of the place: “Salle des fêtes, Lescheraines”"),
        where=("schema:location",),
    ),
    Need(
        "event", "no-end", 10, ("schema:endDate", "schema:duration"),
        say("{missing} of {total} events do not say when they end: −{points}"),
        say("fill in the end of each event"),
    ),
    Need(
        "event", "no-description", 20, ("schema:description",),
        say("{missing} of {total} events have no description: −{points}"),
        say("write two sentences: what it is, for whom, what it costs"),
        text=True,
    ),
    Need(
        "event", "no-page", 15, ("schema:url",),
        say("{missing} of {total} events lead to no page: −{points}"),
        say("fill in the address of the page of each event (URL in a calendar)"),
    ),
    Need(
        "event", "no-theme", 15, ("eb:theme", "eb:audience"),
        say("{missing} of {total} events have no theme that we know: −{points}"),
        say("give each event a category: concert, marché, randonnée, atelier…"),
    ),
    Need(
        "place", "no-position", 30, ("schema:geo",),
        say("{missing} of {total} places are not on the map: −{points}"),
        say("give each place its latitude and longitude"),
    ),
    Need(
        "place", "no-address", 20, _LOCATED,
        say("{missing} of {total} places have no address: −{points}"),
        say("give each place its street, postcode and commune"),
    ),
    Need(
        "place", "no-type", 15, ("eb:placeType", "eb:service", "eb:theme"),
        say("{missing} of {total} places do not say what they are: −{points}"),
        say("give each place a category: café associatif, coworking, fablab…"),
    ),
    Need(
        "place", "no-contact", 15, _REACHED,
        say("{missing} of {total} places give no way to reach them: −{points}"),
        say("give each place a telephone number, a mailbox or a web site"),
    ),
    Need(
        "place", "no-hours", 10,
        ("eb:openingHoursOsm", "schema:openingHoursSpecification", "schema:openingHours"),
        say("{missing} of {total} places do not say when they are open: −{points}"),
        say("give each place its opening hours"),
    ),
    Need(
        "place", "no-description", 10, ("schema:description",),
        say("{missing} of {total} places have no description: −{points}"),
        say("write two sentences: what one finds there"),
        text=True,
    ),
    Need(
        "organization", "no-contact", 30, _REACHED,
        say("{missing} of {total} organisations give no way to reach them: −{points}"),
        say("give each organisation a telephone number, a mailbox or a web site"),
    ),
    Need(
        "organization", "no-address", 25, _LOCATED,
        say("{missing} of {total} organisations do not say where they are: −{points}"),
        say("give each organisation its address, or at least its commune"),
    ),
    Need(
        "organization", "no-description", 25, ("schema:description",),
        say("{missing} of {total} organisations have no description: −{points}"),
        say("write two sentences: what the organisation does"),
        text=True,
    ),
    Need(
        "organization", "no-type", 20, ("eb:actorKind", "eb:legalForm", "eb:theme", "eb:service"),
        say("{missing} of {total} organisations do not say what they are: −{points}"),
        say("give each organisation a category: association, commune, entreprise…"),
    ),
    Need(
        "service", "no-provider", 30, ("schema:provider",),
        say("{missing} of {total} services do not say who gives them: −{points}"),
        say("name the organisation that gives each service"),
    ),
    Need(
        "service", "no-type", 25, ("eb:service", "eb:theme"),
        say("{missing} of {total} services do not say what they are: −{points}"),
        say("give each service a category: aide aux démarches, mobilité, formation…"),
    ),
    Need(
        "service", "no-commune", 20, ("eb:commune", "schema:availableChannel", "schema:areaServed"),
        say("{missing} of {total} services do not say where they are given: −{points}"),
        say("give each service its address, or at least its commune"),
    ),
    Need(
        "service", "no-description", 25, ("schema:description",),
        say("{missing} of {total} services have no description: −{points}"),
        say("write two sentences: what one gets there, for whom, what it costs"),
        text=True,
    ),
    Need(
        "article", "no-date", 30, ("schema:datePublished", "schema:dateModified"),
        say("{missing} of {total} articles have no date: −{points}"),
        say("let the feed tell when each article was published (pubDate, updated)"),
    ),
    Need(
        "article", "no-page", 30, ("schema:url",),
        say("{missing} of {total} articles lead to no page: −{points}"),
        say("let the feed give the address of each article (link)"),
    ),
    Need(
        "article", "no-theme", 20, ("eb:theme", "eb:audience"),
        say("{missing} of {total} articles have no theme that we know: −{points}"),
        say("give each article a category or a tag: concert, jardin, vie municipale…"),
    ),
    Need(
        "article", "no-description", 20, ("schema:description", "schema:articleBody"),
        say("{missing} of {total} articles have no summary: −{points}"),
        say("let the feed give a summary of each article (description, summary)"),
        text=True,
    ),
)  # fmt: skip
