"""The operator is told a change of state once, and what could not be delivered waits."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harvester.appraisal.health import Condition
from harvester.fetch import Client, FetchError, Limits
from harvester.records import HarvestError
from harvester.sources import Config, Site, Source
from harvester.sources.values import Notify
from harvester.telling.delivery import FIRST_WAIT, LONGEST_WAIT, PATIENCE, Delivery, deliver
from harvester.telling.notify import letters, turns
from store.outbox import Letter
from store.standing import Saved, SourceState
from store.state import State
from tests.loopback_mail import loopback_mail
from vocab.messages import say

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = Site(
    title="Essai",
    base="https://node.example/",
    contact="contact@node.example",
    territory=("73081",),
)
FINE = SourceState("mairie", checked_at=NOW, outcome="unchanged")
FAILED = SourceState(
    "mairie",
    checked_at=NOW,
    outcome="failed",
    reason=say("{url} does not exist ({status})", url="https://mairie.example/", status=404),
    broken_since=NOW,
)
HELD = SourceState("mairie", checked_at=NOW, outcome="held", reason=say("reason"))
GONE = replace(FAILED, gone_at=NOW)
HOOK = Notify(webhook="https://example.org/hook")


def source(name: str = "mairie", *, enabled: bool = True) -> Source:
    return Source(
        id=name,
        kind="ics",
        url=f"https://{name}.example/a.ics",
        title=f"Agenda {name}",
        publisher="Mairie",
        enabled=enabled,
    )


def news(state: SourceState, told: str | None, *, enabled: bool = True) -> list[str]:
    known = {} if told is None else {"mairie": told}
    found = turns([source(enabled=enabled)], {"mairie": state}, known)
    return [turn.now for turn in found]


@pytest.mark.parametrize(
    ("state", "told", "now"),
    [
        (FAILED, None, "failed"),
        (FAILED, "fine", "failed"),
        (HELD, "fine", "held"),
        (GONE, "failed", "gone"),
        (FINE, "failed", "fine"),
        (FINE, "held", "fine"),
    ],
)
def test_a_change_of_state_is_news(state: SourceState, told: str | None, now: Condition) -> None:
    assert news(state, told) == [now]


@pytest.mark.parametrize(
    ("state", "told"),
    [(FAILED, "failed"), (FINE, "fine"), (FINE, None), (GONE, "gone"), (SourceState("x"), None)],
)
def test_a_source_that_is_as_it_was_told_is_none(state: SourceState, told: str | None) -> None:
    assert news(state, told) == []


def test_a_source_that_its_operator_paused_is_no_news() -> None:
    assert news(FAILED, None, enabled=False) == []


def test_one_message_tells_all_that_changed() -> None:
    sources = [source(), source("amap")]
    states = {"mairie": FAILED, "amap": replace(HELD, source="amap")}
    notify = Notify(
        webhook="https://example.org/",
        mail_to=("a@example.org",),
        mail_from="b@example.org",
        smtp_host="localhost",
    )
    found = letters(turns(sources, states, {}), notify, "Essai", NOW, "fr")
    assert [letter.channel for letter in found] == ["webhook", "mail"]
    assert len({letter.id for letter in found}) == 2
    body = json.loads(found[0].body)
    assert body["subject"] == "Essai — sources dont l'état a changé : 2"
    assert [(each["source"], each["was"], each["is"]) for each in body["changes"]] == [
        ("mairie", "fine", "failed"),
        ("amap", "fine", "held"),
    ]
    assert "enbauges status mairie" in body["text"]
    assert "(404)" in body["text"]
    assert letters((), notify, "Essai", NOW, "fr") == ()


def test_a_single_change_is_told_in_the_subject() -> None:
    [letter] = letters(
        turns([source()], {"mairie": FINE}, {"mairie": "failed"}), HOOK, "Essai", NOW, "fr"
    )
    body = json.loads(letter.body)
    assert body["subject"] == "Essai — Agenda mairie\N{NO-BREAK SPACE}: est lue à nouveau"
    assert body["text"] == "Agenda mairie\N{NO-BREAK SPACE}: est lue à nouveau"


@dataclass
class Hook:
    """A receiver on loopback, and what it was sent."""

    url: str
    status: int = 204
    bodies: list[dict[str, Any]] = field(default_factory=list)
    media: list[str] = field(default_factory=list)


@contextmanager
def loopback_hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if sent.status < 300:  # before the answer: the client is done once it has that
                sent.bodies.append(json.loads(body))
                sent.media.append(self.headers["Content-Type"])
            self.send_response(sent.status)
            if sent.status == 302:
                self.send_header("Location", f"{sent.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sent = Hook(f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield sent
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with loopback_hook() as hook:
        yield hook


class Node:
    """A state, and the means to tell what is in it."""

    def __init__(self, state: State, client: Client, notify: Notify | None) -> None:
        self.state, self.client, self.now = state, client, NOW
        self.config = Config(Path("sources.toml"), SITE, (source(), source("amap")), notify)

    def round(self, *states: SourceState) -> None:
        """Save what runs leave and tell it; the clock moves on by an hour."""
        self.now += HOUR
        self.state.save([Saved(each) for each in states])
        Delivery(self.config, self.state, self.client, "fr").tell(self.now)


@contextmanager
def node(folder: Path, notify: Notify | None) -> Iterator[Node]:
    with (
        State(folder / "state.sqlite") as state,
        Client("EnBauges/1.0 (+x)", Limits(connect=20, read=20, total=30)) as client,
    ):
        yield Node(state, client, notify)


def told(hook: Hook) -> list[tuple[str, str]]:
    return [(each["source"], each["is"]) for body in hook.bodies for each in body["changes"]]


def test_a_source_is_told_when_it_breaks_and_when_it_recovers(hook: Hook, tmp_path: Path) -> None:
    with node(tmp_path, Notify(webhook=hook.url)) as here:
        here.round(FINE)
        here.round(FAILED)
        here.round(FAILED)
        here.round()
        here.round(FINE)
        here.round(FINE)
        assert told(hook) == [("mairie", "failed"), ("mairie", "fine")]
        assert here.state.letters() == []
    assert set(hook.media) == {"application/json"}


def test_what_could_not_be_delivered_is_delivered_later_and_once(
    hook: Hook, tmp_path: Path
) -> None:
    with node(tmp_path, Notify(webhook=hook.url)) as here:
        hook.status = 503
        here.round(FAILED)
        [letter] = here.state.letters()
        assert letter.attempts == 1
        assert "breakdown (503)" in str(letter.trouble)
        hook.status = 204
        here.round(FAILED)
        here.round(FAILED)
        assert told(hook) == [("mairie", "failed")]


def test_a_redirect_is_no_delivery(hook: Hook, tmp_path: Path) -> None:
    """What is written for one receiver is not sent to another."""
    hook.status = 302
    with node(tmp_path, Notify(webhook=hook.url)) as here:
        here.round(FAILED)
        assert len(here.state.letters()) == 1
    assert hook.bodies == []


def test_mail_and_webhook_each_wait_for_themselves(hook: Hook, tmp_path: Path) -> None:
    with loopback_mail() as box:
        notify = Notify(
            webhook=hook.url,
            mail_to=("agenda@example.org",),
            mail_from="noeud@node.example",
            smtp_host="127.0.0.1",
            smtp_port=box.port,
            smtp_tls="none",
        )
        box.refused["RCPT"] = "451 later"
        with node(tmp_path, notify) as here:
            here.round(FAILED)
            assert [letter.channel for letter in here.state.letters()] == ["mail"]
            box.refused.clear()
            here.round(FAILED)
            assert here.state.letters() == []
    assert len(hook.bodies) == 1
    [message] = box.taken
    assert message["Subject"] == "Essai — Agenda mairie\N{NO-BREAK SPACE}: n'est plus lue"
    assert "(404)" in message.get_content()


def test_a_crash_before_the_delivery_loses_no_message(hook: Hook, tmp_path: Path) -> None:
    with node(tmp_path, Notify(webhook=hook.url)) as here:
        here.state.save([Saved(FAILED)])
        changes = turns(here.config.sources, {"mairie": FAILED}, here.state.told())
        here.state.post(
            {"mairie": "failed"}, letters(changes, Notify(webhook=hook.url), "Essai", NOW, "fr")
        )
    with node(tmp_path, Notify(webhook=hook.url)) as here:
        here.round()
    assert told(hook) == [("mairie", "failed")]


def test_a_node_that_names_nobody_keeps_no_message(tmp_path: Path) -> None:
    with node(tmp_path, None) as here:
        here.round(FAILED)
        assert here.state.letters() == []
        assert here.state.told() == {}


def letter(name: str = "a", at: datetime = NOW, channel: str = "webhook") -> Letter:
    return Letter(name, channel, at, "{}", 0, at)


def refuse(_: Letter) -> None:
    raise HarvestError(say("reason"))


def test_a_letter_waits_ever_longer_but_not_for_ever(tmp_path: Path) -> None:
    waits = []
    with State(tmp_path / "state.sqlite") as state:
        state.post({}, [letter()])
        now = NOW
        while state.letters():
            deliver(state, {"webhook": refuse}, now)
            due = state.letters()[0].due if state.letters() else now
            waits.append(due - now)
            now = due
            if not state.letters():
                break
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert max(waits) == LONGEST_WAIT
    assert now - NOW <= PATIENCE + LONGEST_WAIT


def test_a_letter_is_not_tried_before_it_is_due(tmp_path: Path) -> None:
    tried: list[Letter] = []
    with State(tmp_path / "state.sqlite") as state:
        state.post({}, [replace(letter(), due=NOW + HOUR)])
        deliver(state, {"webhook": tried.append}, NOW)
        assert tried == []
        deliver(state, {"webhook": tried.append}, NOW + HOUR)
    assert len(tried) == 1


def test_a_channel_that_is_no_longer_named_gets_nothing_more(tmp_path: Path) -> None:
    with State(tmp_path / "state.sqlite") as state:
        state.post({}, [letter(), letter("b", channel="mail")])
        deliver(state, {"webhook": refuse}, NOW)
        assert [each.id for each in state.letters()] == ["a"]


def test_a_fault_of_the_program_does_not_keep_the_other_letters(tmp_path: Path) -> None:
    sent: list[Letter] = []

    def fail_once(each: Letter) -> None:
        if each.id == "a":
            raise ZeroDivisionError
        sent.append(each)

    with State(tmp_path / "state.sqlite") as state:
        state.post({}, [letter(), letter("b")])
        deliver(state, {"webhook": fail_once}, NOW)
        [left] = state.letters()
        assert "ZeroDivisionError" in str(left.trouble)
    assert [each.id for each in sent] == ["b"]


def test_a_channel_that_is_down_is_tried_once_in_a_pass(tmp_path: Path) -> None:
    tried: list[str] = []

    def down(each: Letter) -> None:
        tried.append(each.id)
        raise FetchError("refused", say("nobody answers"))

    with State(tmp_path / "state.sqlite") as state:
        state.post({}, [letter(), letter("b"), letter("c")])
        deliver(state, {"webhook": down}, NOW)
        waiting = state.letters()
        assert all(each.attempts == 1 and each.trouble for each in waiting)
    assert (tried, len(waiting)) == (["a"], 3)


def test_a_receiver_that_is_not_there_is_told_as_an_address_is() -> None:
    with Client("EnBauges/1.0 (+x)", Limits(connect=1, read=1, total=2)) as client:
        with pytest.raises(FetchError) as refused:
            client.post("http://127.0.0.1:9/", b"{}")
        assert refused.value.code == "refused"
        with pytest.raises(FetchError) as wrong:
            client.post("ftp://127.0.0.1/", b"{}")
        assert wrong.value.code == "bad-address"
