"""What is forgotten leaves the messages that wait as well."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from store.outbox import Letter
from store.state import State
from store.statelife import scrub

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def letter(name: str, **body: object) -> Letter:
    return Letter(name, "mail", NOON, json.dumps(body, ensure_ascii=False), 0, NOON)


def test_a_message_that_tells_what_is_barred_or_of_a_forgotten_source_goes(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    kept = letter("c", changes=[{"source": "amap"}], text="Marché")
    with State(path) as state:
        told = letter("a", text="Chez Eudoxie"), letter("b", changes=[{"source": "mairie"}]), kept
        state.post({"mairie": "failed"}, told)
    scrub(path, lambda _, text: "Eudoxie" in text, {"mairie"})
    with State(path) as state:
        assert state.letters() == [kept]
        assert state.told() == {}
