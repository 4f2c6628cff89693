"""Asking an address service: once for each question, within a budget, and never in vain.

What it answered is kept in the state, so that a harvest that reads the same gives the same. A
service that fails is left alone until the next harvest, and no source fails for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from harvester.fetch import Client, FetchError
from harvester.sources.values import Site
from harvester.whereabouts.service import AnswerError, Found, Question, found
from store.addresses import Noted
from store.state import State
from vocab.messages import Message, say

UNKNOWN_FOR: Final = timedelta(days=30)
"""How long an address that the service does not know is not asked again."""

_REFUSED = frozenset({"http-400", "http-414", "http-422"})
"""A question that the service cannot make anything of; a 404 is a wrong address of the service."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one harvest may ask: so many questions, for so many seconds in all."""

    questions: int = 100
    seconds: float = 60.0


_ENOUGH = say(
    "its address is not looked up yet: this harvest has asked enough, the next ones go on"
)


class Pending(Exception):  # noqa: N818  # no error: the answer is still to come
    """A question is not answered yet; ``message`` tells why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class Locator(Protocol):
    """Whatever knows where addresses are."""

    service: str

    def __call__(self, question: Question) -> Found | None:
        """Where it is, None when that is not known.

        Raises:
            Pending: when nothing can be told yet.
        """
        ...


def service_of(
    site: Site, client: Client, state: State, clock: Callable[[], datetime], *, idle: bool
) -> AddressService | None:
    """The address service that a node names; None when it names none."""
    if not site.geocoder:
        return None
    return AddressService(site.geocoder, client, state, clock, idle=idle)


@dataclass(slots=True)
class AddressService:
    """The address service of a node, for one harvest.

    Args:
        service: the address of its search.
        client: the guarded client; the service may be in a private network.
        state: where answers are kept.
        clock: now.
        budget: how much it may be asked.
        idle: whether it is not to be asked at all, as in a dry run; what is kept is told.
    """

    service: str
    client: Client
    state: State
    clock: Callable[[], datetime]
    budget: Budget = Budget()  # frozen
    idle: bool = False
    _asked: int = 0
    _spent: float = 0.0
    _trouble: Message | None = field(default=None)

    def __call__(self, question: Question) -> Found | None:
        """Where it is, from what is kept or from the service; None when it is not known.

        Raises:
            Pending: when the service cannot be asked now.
        """
        key = question.key(self.service)
        noted = self.state.address(key)
        if noted and (noted.answer or self.clock() - noted.at < UNKNOWN_FOR):
            return Found.from_json(noted.answer) if noted.answer else None
        answer = self._ask(question)
        told = answer.to_json() if answer else ""
        self.state.note_address(key, Noted(self.clock(), told))
        return answer

    def _ask(self, question: Question) -> Found | None:
        if self.idle:
            raise Pending(say("its address is not looked up in a dry run"))
        if self._trouble:
            raise Pending(self._trouble)
        if self._asked >= self.budget.questions or self._spent >= self.budget.seconds:
            raise Pending(_ENOUGH)
        self._asked += 1
        started = time.monotonic()
        try:
            return self._answered(question)
        except FetchError as error:
            self._trouble = say(
                "its address is not looked up yet: {service} does not answer ({code})",
                service=self.service,
                code=error.code,
            )
            raise Pending(self._trouble) from error
        except AnswerError as error:
            self._trouble = say(
                "its address is not looked up yet: {service} does not answer as an address "
                "service does — check “geocoder” in [site]",
                service=self.service,
            )
            raise Pending(self._trouble) from error
        finally:
            self._spent += time.monotonic() - started

    def _answered(self, question: Question) -> Found | None:
        """What the service answers; it knows nothing of a question that it refuses."""
        try:
            fetched = self.client.fetch(question.address(self.service), allow_private=True)
        except FetchError as error:
            if error.code in _REFUSED:
                return None
            raise
        return found(question, b"".join(each.body for each in fetched.contents or ()))
