"""A letter to the publisher of a source, ready to be sent: what is wrong, and how to mend it.

It is in French whatever the operator speaks, since publishers are.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harvester.appraisal.health import Health
from harvester.sources import Site
from harvester.telling.command import Reach
from harvester.telling.wording import absence_lines, issue_lines, what_is_wrong
from store.appraisals import Remark
from vocab.messages import Message, say

_LANGUAGE = "fr"
_WIDTH = 86
_SOME = 12  # entries that are told one by one
_WISHES = 5  # what would be better: more of it discourages
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip

_ADVICE: tuple[tuple[str, Message], ...] = (
    (
        "does not exist",
        say(
            "The address has most likely changed when the site was rebuilt: tell us the one of "
            "today, or let the old one lead to the new one."
        ),
    ),
    (
        "withdrawn for good",
        say("Tell us the address of today, or that you no longer publish this calendar."),
    ),
    (
        "refuses to answer us",
        say(
            "A protection of the site (firewall, anti-robot module) refuses our program. Ask "
            "whoever hosts it to let it through: it is named EnBauges, asks seldom, and one "
            "page at a time."
        ),
    ),
    (
        "may not be read",
        say(
            "Your robots.txt asks our program not to come, and we comply. If you want it so, there "
            "is nothing to do; if not, take that line out, or allow EnBauges in a group of its own."
        ),
    ),
    (
        "is cut short",
        say(
            "The file stops in the middle. Most often the tool that writes it meets an error: open "
            "the address in a browser, go to its end, and look in the tool for the entry that it "
            "stops at."
        ),
    ),
    (
        "ask too often",
        say("The server limits how often one may ask. We slow down; there is nothing to do."),
    ),
    (
        "certificate",
        say("Ask whoever hosts the site to renew its certificate (https)."),
    ),
    (
        "with a web page",
        say(
            "The address shows a page for people, where the calendar itself was before. Look in "
            "your tool for the link “iCal”, “export” or “RSS”, and send it to us."
        ),
    ),
    (
        "breakdown",
        say("The site meets an error of its own: whoever hosts it will find it in its log."),
    ),
)
_OTHERWISE = say(
    "Open the address in a browser: if it does not answer there either, tell whoever hosts the "
    "site; if it does, write to us, and we will look together."
)


def letter(health: Health, site: Site, reach: Reach) -> str:
    """The letter from ``site`` to the publisher of a source, its subject on the first line."""
    zone = ZoneInfo(site.timezone)
    trouble = _trouble(health, zone, reach.command)
    refused = list(issue_lines(health.refused, _LANGUAGE, remedies=False))
    odd = [_wish(each, zone) for each in health.anomalies]
    absent = list(absence_lines(health, zone, _LANGUAGE))
    wishes = [_wish(each, zone) for each in health.penalties[:_WISHES] if each.code != "refused"]
    values: dict[str, Any] = {
        "objet": _subject(health),
        "noeud": site.title,
        "base": site.base,
        "contact": site.contact,
        "titre": health.source.title,
        "adresse": health.source.url,
        "panne": trouble,
        "anomalies": odd,
        "ecartees": refused[:_SOME],
        "reste": max(0, len(refused) - _SOME),
        "absentes": absent[:_SOME],
        "absentes_reste": max(0, len(absent) - _SOME),
        "manques": wishes,
        "score": health.appraisal.score if health.appraisal else None,
        "suivi": reach.follow,
    }
    return _templates().get_template("producteur.txt").render(values)


def _subject(health: Health) -> str:
    if health.condition in {"failed", "gone"}:
        message = say("“{title}” can no longer be read", title=health.source.title)
    elif health.refused or health.anomalies or health.condition == "held":
        message = say("“{title}”: some entries need a look", title=health.source.title)
    else:
        message = say("“{title}”, relayed for the territory", title=health.source.title)
    return message.render(_LANGUAGE)


def _trouble(health: Health, zone: tzinfo, command: str) -> dict[str, Any] | None:
    """What to say of an address that cannot be read.

    The reason is told to the operator, with what the operator can do after a dash: the
    publisher is told the first half, and what a publisher can do.
    """
    state = health.state
    if state.outcome != "failed" or state.reason is None or state.broken_since is None:
        return None
    what = what_is_wrong(state.reason.render(_LANGUAGE))
    advice = next((told for sign, told in _ADVICE if sign in state.reason.text), _OTHERWISE)
    return {
        "depuis": _day(state.broken_since.astimezone(zone)),
        "raison": fill(f"{_begun(what)}.", _WIDTH, break_long_words=False),
        "conseil": fill(advice.render(_LANGUAGE), _WIDTH),
        "commande": command,
        "visible": bool(state.good_at),
    }


def _begun(sentence: str) -> str:
    """A sentence with its capital; an address is left as it is."""
    if sentence.startswith("http"):
        return sentence
    return sentence[:1].upper() + sentence[1:]


def _wish(remark: Remark, zone: tzinfo) -> dict[str, str]:
    return {
        "quoi": remark.message.render(_LANGUAGE),
        "conseil": remark.remedy.render(_LANGUAGE),
        "depuis": _day(remark.since.astimezone(zone)),
    }


def _day(moment: datetime) -> str:
    """``24 novembre 2026``, whatever the locale of the machine."""
    number = "1er" if moment.day == 1 else str(moment.day)
    return f"{number} {_MONTHS[moment.month - 1]} {moment.year}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,  # noqa: S701  # a letter is plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
