"""The feed by which a publisher follows how their source does: Atom (RFC 4287), in French.

It says what changed state, and what could be better; the same content is the same bytes, so
that a feed reader is not told twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET  # it only writes here

from harvester.appraisal.health import Health
from harvester.telling.wording import issue_lines, what_is_wrong
from store.appraisals import Remark
from store.standing import PastRun
from vocab.iris import Iris
from vocab.messages import Message, say

ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "fr"
_MOST = 20  # changes of state that are told
_SHOWN = 30  # entries of the source that are told as left out


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    at: datetime
    title: str
    lines: tuple[str, ...]


def owner_feed(health: Health, address: str, iris: Iris) -> bytes:
    """The feed of one source, to be served at ``address``, on the node of ``iris``."""
    entries = sorted(_entries(health), key=lambda entry: (entry.at, entry.name), reverse=True)
    began = health.state.checked_at or datetime.fromtimestamp(0, UTC)
    updated = entries[0].at if entries else (health.state.changed_at or began)
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": _LANGUAGE})
    _add(feed, "id", _tag(iris, health, "suivi"))
    _add(feed, "title", _said(say("How “{title}” does", title=health.source.title)))
    _add(feed, "updated", _stamp(updated))
    _add(feed, "generator", "EnBauges")
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = urlsplit(iris.base).netloc
    ET.SubElement(feed, "link", {"rel": "self", "href": address})
    ET.SubElement(feed, "link", {"href": iris.source(health.source.id)})
    for entry in entries:
        element = ET.SubElement(feed, "entry")
        _add(element, "id", _tag(iris, health, entry.name))
        _add(element, "title", entry.title)
        _add(element, "updated", _stamp(entry.at))
        html = "".join(f"<p>{escape(line, quote=False)}</p>" for line in entry.lines)
        _add(element, "content", html, type="html")
    ET.indent(feed)
    text = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_printable(text)}\n'.encode()


def _entries(health: Health) -> Iterator[_Entry]:
    yield from _changes(health.runs)
    for remark in health.anomalies:
        yield _Entry(
            f"anomalie/{remark.code}/{_day(remark.since)}",
            remark.since,
            _said(remark.message),
            (_said(remark.remedy),),
        )
    if health.appraisal is None:
        return
    for kind, title, issues in (
        ("ecartees", say("Entries that are left out, and why"), health.refused),
        ("a-completer", say("Entries that are kept, but could be better"), health.imperfect),
    ):
        if lines := tuple(issue_lines(issues[:_SHOWN], _LANGUAGE, remedies=False)):
            yield _Entry(_named(kind, lines), health.appraisal.at, _said(title), lines)
    if penalties := health.penalties:
        title = say("Completeness: {score} of 100", score=health.appraisal.score or 0)
        since = max(penalty.since for penalty in penalties)
        yield _Entry("completude", since, _said(title), tuple(_told(penalties)))


def _changes(runs: Iterable[PastRun]) -> list[_Entry]:
    """A change of state is an entry; runs that say what the one before said are none."""
    found, last = [], "fine"
    for run in runs:
        now = run.outcome if run.outcome in {"failed", "held"} else "fine"
        if now != last:
            reason = (what_is_wrong(_said(run.reason)),) if run.reason else ()
            found.append(_Entry(f"lecture/{_day(run.at)}", run.at, _said(_TITLES[now]), reason))
        last = now
    return found[-_MOST:]


_TITLES = {
    "fine": say("The source can be read again"),
    "failed": say("The source can no longer be read"),
    "held": say("Most of the entries have disappeared at once"),
}


def _told(penalties: Iterable[Remark]) -> Iterator[str]:
    for penalty in penalties:
        yield f"{_said(penalty.message)} → {_said(penalty.remedy)}"


def _named(kind: str, lines: Iterable[str]) -> str:
    """A name that is another one when the lines are: a reader then shows them as new."""
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return f"{kind}/{digest[:12]}"


def _tag(iris: Iris, health: Health, name: str) -> str:
    """A tag IRI (RFC 4151): it stays when the address of the feed does not."""
    host = urlsplit(iris.base).netloc
    return f"tag:{host},2026:{health.source.id}/{name}"


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _said(message: Message) -> str:
    return message.render(_LANGUAGE)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _printable(text: str) -> str:
    """``text`` without the control characters that XML cannot hold (XML 1.0, section 2.2)."""
    return "".join(char for char in text if char >= " " or char in "\t\n\r")
