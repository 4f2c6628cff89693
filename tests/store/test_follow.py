"""The private feeds of publishers: who knows the address reads, nobody else."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store import follow
from store.errors import StoreError


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    var = tmp_path / "var"
    secret = follow.secret_of(var)
    assert follow.secret_of(var) == secret
    assert len(secret) == 32
    assert stat.S_IMODE((var / "secret").stat().st_mode) == 0o600
    assert [path.name for path in var.iterdir()] == ["secret"]
    assert follow.secret_of(tmp_path / "other") != secret


def test_two_programs_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as one:
        first = one.submit(follow.secret_of, tmp_path)
        second = follow.secret_of(tmp_path)
    assert first.result() == second


def test_each_source_has_a_token_of_its_own(tmp_path: Path) -> None:
    secret = follow.secret_of(tmp_path)
    tokens = {follow.token_of(secret, name) for name in ("mairie", "amap")}
    assert len(tokens) == 2
    assert {len(token) for token in tokens} == {32}
    address = follow.address_of(tmp_path, "https://node.example/", "mairie")
    token = follow.token_of(secret, "mairie")
    assert address == f"https://node.example/sources/mairie/suivi/{token}.atom"


def test_looking_at_a_node_that_has_no_feed_makes_no_secret(tmp_path: Path) -> None:
    assert follow.address_of(tmp_path, "https://node.example/", "mairie") == ""
    assert follow.feed_of(tmp_path, "mairie", "") is None
    assert list(tmp_path.iterdir()) == []


def test_a_feed_is_for_whoever_has_its_token(tmp_path: Path) -> None:
    secret = follow.secret_of(tmp_path)
    follow.write(tmp_path, "mairie", b"<feed/>")
    token = follow.token_of(secret, "mairie")
    assert follow.feed_of(tmp_path, "mairie", token) == b"<feed/>"
    for wrong in ("", token[:-1], token.upper(), "é" * 32, follow.token_of(secret, "amap")):
        assert follow.feed_of(tmp_path, "mairie", wrong) is None


def test_a_source_that_has_no_feed_yet_gives_none(tmp_path: Path) -> None:
    token = follow.token_of(follow.secret_of(tmp_path), "mairie")
    assert follow.feed_of(tmp_path, "mairie", token) is None


@pytest.mark.parametrize("name", ["../secret", "..", "a/b", "", "A"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    token = follow.token_of(follow.secret_of(tmp_path), name)
    assert follow.feed_of(tmp_path, name, token) is None


def test_a_feed_that_says_the_same_is_not_written_again(tmp_path: Path) -> None:
    follow.write(tmp_path, "mairie", b"<feed/>")
    path = follow.path_of(tmp_path, "mairie")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    follow.write(tmp_path, "mairie", b"<feed/>")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    follow.write(tmp_path, "mairie", b"<feed>2</feed>")
    assert path.read_bytes() == b"<feed>2</feed>"
    assert [each.name for each in path.parent.iterdir()] == ["mairie.atom"]


def test_a_secret_that_was_cut_short_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    with pytest.raises(StoreError, match="remove it, and a new one is made"):
        follow.secret_of(tmp_path)


def test_the_feed_of_a_source_that_is_no_more_is_forgotten(tmp_path: Path) -> None:
    for name in ("mairie", "amap"):
        follow.write(tmp_path, name, b"<feed/>")
    follow.keep_only(tmp_path, {"mairie"})
    assert [path.name for path in (tmp_path / "suivi").iterdir()] == ["mairie.atom"]
