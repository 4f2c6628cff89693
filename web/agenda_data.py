"""The agenda as programs read it: FullCalendar, EnBauges.fr's own API, GeoJSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from store.folding import slug
from store.things import Thing
from web.agenda import Event
from web.calendars import limits
from web.wording import Wording

Json = dict[str, Any]


def event_source(events: Iterable[Event], wording: Wording) -> list[Json]:
    """``events`` as FullCalendar's JSON feed has them: ends excluded, whole days as dates."""
    return [_source_event(event, wording) for event in events]


def neighbour(events: Iterable[Event], wording: Wording, zone: ZoneInfo) -> Json:
    """``events`` in the shape of EnBauges.fr's ``/api/enbauges/events/public``."""
    return {"events": [_neighbour(event, wording, zone) for event in events]}


def feature_collection(things: Iterable[Thing], wording: Wording) -> Json:
    """Those of ``things`` that have a position, as GeoJSON (RFC 7946)."""
    features = [_feature(thing, wording) for thing in things if thing.latitude is not None]
    return {"type": "FeatureCollection", "features": features}


def _source_event(event: Event, wording: Wording) -> Json:
    thing = event.thing
    starts, ends = limits(event)
    found: Json = {
        "id": thing.iri,
        "title": wording.title(thing),
        "start": starts.isoformat(),
        "allDay": event.starts is None,
        "url": thing.iri,
        "extendedProps": {
            "name": thing.name,
            "status": thing.status or "EventScheduled",
            "announced": not thing.gone,
            "place": thing.place,
            "commune": thing.commune_name,
            "insee": thing.commune,
            "organizer": wording.organizer(thing),
            "themes": wording.concepts(thing, "theme"),
            "free": thing.free,
            "announcement": event.url,
            "credit": wording.credit(thing),
        },
    }
    if ends:
        found["end"] = ends.isoformat()
    if event.off:
        found["classNames"] = ["cancelled"]
    return found


def _neighbour(event: Event, wording: Wording, zone: ZoneInfo) -> Json:
    thing = event.thing
    by = wording.organizer(thing)
    return {
        "_id": thing.iri.rpartition("/id/event/")[2],
        "title": wording.title(thing),
        "description": wording.text(thing),
        "startAt": _utc(event.starts or _midnight(event.first, zone)),
        "endAt": _utc(
            event.ends or event.starts or _midnight(event.last + timedelta(days=1), zone)
        ),
        "location": wording.where(thing),
        "category": next(iter(wording.concepts(thing, "theme")), ""),
        "orgId": slug(by),
        "org": {"_id": slug(by), "name": by, "slug": slug(by)},
        "url": thing.iri,
    }


def _feature(thing: Thing, wording: Wording) -> Json:
    told = {
        "name": wording.title(thing),
        "kind": thing.kind,
        "types": list(thing.types),
        "start": thing.start,
        "end": thing.end,
        "where": wording.where(thing),
        "commune": thing.commune_name,
        "insee": thing.commune,
        "placeTypes": wording.concepts(thing, "type"),
        "services": wording.concepts(thing, "service"),
        "themes": wording.concepts(thing, "theme"),
        "organizer": thing.organizer,
        "credit": wording.credit(thing),
        "url": thing.iri,
    }
    return {
        "type": "Feature",
        "id": thing.iri,
        "geometry": {"type": "Point", "coordinates": [thing.longitude, thing.latitude]},
        "properties": {name: value for name, value in told.items() if value not in ("", [])},
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _utc(moment: datetime) -> str:
    """As JavaScript's ``Date`` writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
