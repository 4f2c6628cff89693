"""After a round: the operator is told what changed, and each publisher's feed is written.

Nothing here may harm a harvest: whatever goes wrong is noted with the message, shown by
``enbauges status``, and tried again at a later round.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from harvester.appraisal.health import Health
from harvester.fetch import Client
from harvester.sources import Config
from harvester.telling import mail, notify
from harvester.telling.feed import owner_feed
from store import follow
from store.outbox import Letter
from store.state import State
from vocab.iris import Iris
from vocab.messages import Message, Told, say

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(days=14)
"""A message that could not be delivered for so long is dropped: it tells nothing new by then."""

_DOUBLINGS = 16  # more of them change nothing

Sender = Callable[[Letter], None]


@dataclass(frozen=True)
class Delivery:
    """What telling works with; ``language`` is the operator's."""

    config: Config
    state: State
    client: Client
    language: str

    def tell(self, now: datetime) -> None:
        """Note what changed since the operator was told last, and deliver what waits.

        Raises:
            StoreError: when the state cannot be read or written.
        """
        if settings := self.config.notify:
            states = {each.source: each for each in self.state.all()}
            changes = notify.turns(self.config.sources, states, self.state.told())
            if changes:
                node = self.config.site.title
                letters = notify.letters(changes, settings, node, now, self.language)
                self.state.post({turn.source.id: turn.now for turn in changes}, letters)
        deliver(self.state, self._senders(), now)

    def _senders(self) -> Mapping[str, Sender]:
        settings = self.config.notify
        if settings is None:
            return {}
        senders: dict[str, Sender] = {}
        if address := settings.webhook:
            senders[notify.WEBHOOK] = lambda letter: self.client.post(address, letter.body.encode())
        if settings.mail_to:

            def by_mail(letter: Letter) -> None:
                body = json.loads(letter.body)
                mail.send(settings, body["id"], letter.at, body["subject"], body["text"])

            senders[notify.MAIL] = by_mail
        return senders


def deliver(state: State, senders: Mapping[str, Sender], now: datetime) -> None:
    """Try every letter that is due; one that was taken is forgotten, any other waits longer.

    A channel that is down is not tried again in this pass, as a try may take a minute. A letter
    is dropped when its channel is no longer named, or when it is older than ``PATIENCE``. A crash
    between delivery and forgetting makes a letter arrive twice, under the same id.

    Raises:
        StoreError: when the state cannot be read or written.
    """
    down: dict[str, Message] = {}
    for letter in state.letters():
        send = senders.get(letter.channel)
        if send is None or now - letter.at > PATIENCE:
            log.warning("dropped, never delivered: %s", letter.id)
            state.delivered(letter)
        elif letter.due <= now:
            if trouble := down.get(letter.channel) or _tried(send, letter, down):
                state.postpone(_later(letter, trouble, now))
            else:
                state.delivered(letter)


def _tried(send: Sender, letter: Letter, down: MutableMapping[str, Message]) -> Message | None:
    """Why a letter could not be sent, None when it was; ``down`` learns of its channel."""
    try:
        send(letter)
    except Told as error:
        down[letter.channel] = error.message
        return error.message
    except Exception as error:
        log.exception("letter %s", letter.id)
        return say(
            "the program met a case it does not know ({error}) — please report it",
            error=f"{type(error).__name__}: {error}",
        )
    return None


def _later(letter: Letter, trouble: Message, now: datetime) -> Letter:
    wait = min(FIRST_WAIT * (1 << min(letter.attempts, _DOUBLINGS)), LONGEST_WAIT)
    return replace(letter, attempts=letter.attempts + 1, due=now + wait, trouble=trouble)


def write_feeds(var: Path, iris: Iris, healths: Iterable[Health]) -> None:
    """Write the private feed of each source, where it says something else than before.

    Raises:
        StoreError: when one cannot be written.
    """
    follow.secret_of(var)
    for health in healths:
        address = follow.address_of(var, iris.base, health.source.id)
        follow.write(var, health.source.id, owner_feed(health, address, iris))
