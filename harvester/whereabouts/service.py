"""An address service: what is asked of it, and what its answers say.

Spoken is the protocol of addok, which the French national address base and IGN's geocoding
service answer to: ``/search/?q=…&postcode=…&citycode=…`` and ``/reverse/?lat=…&lon=…`` give
GeoJSON whose features tell a ``score`` from 0 to 1, a ``type`` and a ``citycode`` (INSEE).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from vocab.territory.points import Point, is_in_france

SURE: Final = 0.6
"""The least score of an address that is believed."""

PRECISE: Final = ("housenumber", "street", "locality")
"""What is precise enough to be a position; the middle of a commune is not."""

_NEAR = 0.2  # kilometres between a point and the address that tells its commune
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_LONGEST = 200  # characters of a question, which the service bounds as well


class AnswerError(ValueError):
    """The service did not answer as an address service does."""


@dataclass(frozen=True, slots=True)
class Question:
    """An address to be found: its words, and the postcode or the commune that it is in.

    With ``at``, what is asked is the commune of a point.
    """

    text: str = ""
    postcode: str = ""
    commune: str = ""
    at: Point | None = None

    def key(self, service: str) -> str:
        """What the service's answer is kept under; nothing of the address can be read in it."""
        words = " ".join(self.text.casefold().split())
        told = [service, words, self.postcode, self.commune, self.at]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def address(self, service: str) -> str:
        """The web address to ask, of a service whose search is at ``service``."""
        if self.at is None:
            place = {"citycode": self.commune} if self.commune else {"postcode": self.postcode}
            asked = {"q": self.text[:_LONGEST], **place, "limit": "1", "autocomplete": "0"}
            return f"{service}?{urlencode(asked)}"
        head, search, tail = service.rpartition("search")
        asked = {"lat": f"{self.at.latitude:.6f}", "lon": f"{self.at.longitude:.6f}"}
        return f"{head}{search and 'reverse'}{tail}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address is, how precisely (one of ``PRECISE``), and in which commune."""

    point: Point
    kind: str
    commune: str

    def to_json(self) -> str:
        """The answer as it is kept."""
        return json.dumps([*self.point, self.kind, self.commune])

    @classmethod
    def from_json(cls, text: str) -> Found:
        """The inverse of ``to_json``."""
        latitude, longitude, kind, commune = json.loads(text)
        return cls(Point(latitude, longitude), kind, commune)


def found(question: Question, body: bytes) -> Found | None:
    """What an answer says, None when it knows no such address, or is not sure of it.

    Raises:
        AnswerError: when it is no answer of an address service.
    """
    try:
        features = json.loads(body)["features"]
        if not features:
            return None
        told = features[0]["properties"]
        longitude, latitude = map(float, features[0]["geometry"]["coordinates"][:2])
        point, kind = Point(latitude, longitude), str(told["type"])
        answer = Found(point, kind, _code(told["citycode"]))
        return answer if _fits(question, answer, told) else None
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise AnswerError(str(error)) from error


def _code(value: object) -> str:
    """An INSEE code; what else there may be would name a commune that is none."""
    if isinstance(value, str) and _INSEE.fullmatch(value):
        return value
    raise ValueError(value)


def _fits(question: Question, answer: Found, told: dict[str, Any]) -> bool:
    """Whether an answer is sure, precise, in France, and in the commune that was asked for."""
    if not is_in_france(answer.point):
        return False
    if question.at is not None:
        return answer.point.distance(question.at) <= _NEAR
    if not float(told["score"]) >= SURE or answer.kind not in PRECISE:
        return False
    if question.commune:
        return answer.commune == question.commune
    return str(told.get("postcode", "")) == question.postcode
