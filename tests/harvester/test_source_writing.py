"""A block more in ``sources.toml``, and not a byte of the rest changed."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from harvester.discovery.proposal import Proposal
from harvester.discovery.writing import WriteError, block_of, draft, registered, write
from harvester.sources import ConfigError, load
from mappings import platforms
from tests.test_cli import CALENDAR, HEAD

FIELDS: dict[str, str | bool] = {
    "id": "noyer",
    "kind": "ics",
    "url": "https://noyer.example/agenda.ics",
    "title": 'Agenda du Noyer, « dit "le bas" » \\ été',
    "publisher": "Mairie du Noyer",
    "allow_private": True,
}
NEW = Proposal(FIELDS)
TEXT = f"# Nos sources\n{HEAD}\n{CALENDAR}  # un commentaire\n\n[source.expect]\nmin_records = 3\n"


def added(path: Path, before: bytes) -> bytes:
    path.write_bytes(before)
    write(draft(path, NEW, platforms()))
    return path.read_bytes()


@pytest.mark.parametrize(
    "before",
    [
        TEXT.encode(),
        TEXT.rstrip().encode(),
        TEXT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        (TEXT + "\n\n\n# à la fin\t \n").encode(),
        HEAD.encode(),
    ],
    ids=["plain", "no-last-newline", "windows", "mark", "comment-at-the-end", "no-source-yet"],
)
def test_what_was_there_stays_byte_for_byte(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "sources.toml"
    after = added(path, before)
    assert after.startswith(before)
    assert (b"\r\n" in after) == (b"\r\n" in before)
    assert after.count(b"\n") - after.count(b"\r\n") == before.count(b"\n") - before.count(
        b"\r\n"
    ) or (b"\r\n" not in before)
    source = load(path, kinds=platforms()).sources[-1]
    assert (source.id, source.title, source.allow_private) == ("noyer", FIELDS["title"], True)


def test_the_line_that_is_told_is_that_of_the_block(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    for text in (TEXT, TEXT.rstrip()):
        path.write_text(text, "utf-8")
        new = draft(path, NEW, platforms())
        assert new.content.decode().splitlines()[new.line - 1] == "[[source]]"


def test_a_block_is_toml() -> None:
    assert tomllib.loads(block_of(NEW)) == {"source": [FIELDS]}


def test_mode_and_symbolic_link_stay(tmp_path: Path) -> None:
    real = tmp_path / "shared" / "sources.toml"
    real.parent.mkdir()
    real.write_text(TEXT, "utf-8")
    real.chmod(0o640)
    path = tmp_path / "sources.toml"
    path.symlink_to(real)
    write(draft(path, NEW, platforms()))
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "noyer" in real.read_text("utf-8")
    assert [each.name for each in real.parent.iterdir()] == ["sources.toml"]


def test_a_file_that_is_read_only_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(TEXT, "utf-8")
    path.chmod(0o444)
    with pytest.raises(WriteError, match="read-only"):
        write(draft(path, NEW, platforms()))
    assert path.read_text("utf-8") == TEXT


def test_a_file_that_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(TEXT, "utf-8")
    new = draft(path, NEW, platforms())
    path.write_text(TEXT + "# moi aussi\n", "utf-8")
    with pytest.raises(WriteError, match="changed meanwhile"):
        write(new)
    assert path.read_text("utf-8") == TEXT + "# moi aussi\n"
    assert [each.name for each in tmp_path.iterdir()] == ["sources.toml"]


@pytest.mark.parametrize("field", [{"id": "mairie"}, {"id": "Le Noyer"}, {"kind": "isc"}])
def test_a_block_that_would_be_a_mistake_is_not_drafted(
    tmp_path: Path, field: dict[str, str]
) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(ConfigError):
        draft(path, Proposal({**FIELDS, **field}), platforms())


def test_an_address_is_registered_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    added(path, TEXT.encode())
    config = load(path, kinds=platforms())
    for url in ("http://noyer.example/agenda.ics", "https://NOYER.example/agenda.ics/"):
        known = registered(config, url)
        assert known is not None
        assert known.id == "noyer"
    assert registered(config, "https://noyer.example/agenda.ics?x=1") is None
