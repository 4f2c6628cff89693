"""Backup and restore: consistent while harvests go on, and never in the place of data unasked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from harvester.alarm import RunningError, sole
from harvester.life.safekeeping import BackedUp, Restored, back_up_node, own_mappings, restore_node
from harvester.place import Place
from harvester.session import opened
from store.backup import BackupError
from store.errors import LockedError
from store.generations import Generations, open_read_only
from store.whole import data_hash
from tests.harvester.test_runs import BAL, CONCERT, MARCHE, Node, calendar
from tests.loopback import Page, loopback_site

ROOT = Path(__file__).parents[2]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with loopback_site() as site:
        site.pages["/mairie"] = Page(calendar(BAL, CONCERT))
        (tmp_path / "node").mkdir()
        node = Node(tmp_path / "node", site)
        node.harvest()
        yield node


def back_up(node: Node, target: Path | None = None) -> BackedUp:
    file = node.folder / "sources.toml"
    (folder := node.folder.parent / "backups").mkdir(exist_ok=True)
    target = target or folder
    return back_up_node(
        node.place, file, own_mappings(node.config()), target, now=node.now, version="1.0"
    )


def restore(made: BackedUp, folder: Path, node: Node, *, force: bool = False) -> Restored:
    return restore_node(
        made.path, Place(folder / "var"), folder / "sources.toml", now=node.now, force=force
    )


def hash_of(place: Place) -> str:
    current = Generations(place.generations).current()
    assert current is not None
    return data_hash(open_read_only(current))


def elsewhere(node: Node) -> Node:
    other = Node(node.folder.parent / "other", node.site)
    other.folder.mkdir()
    other.now = node.now
    return other


def test_a_restore_that_was_cut_as_it_took_its_place_is_finished_by_a_harvest(node: Node) -> None:
    node.place.var.rename(node.folder / "var.new")
    reports = node.harvest()
    assert {report.outcome for report in reports.values()} == {"unchanged"}
    assert not (node.folder / "var.new").exists()


def test_a_restored_node_has_the_same_hash_and_finds_nothing_new(node: Node) -> None:
    made, other = back_up(node), elsewhere(node)
    restored = restore(made, other.folder, node)
    assert hash_of(other.place) == hash_of(node.place) == made.manifest.data_hash
    assert other.graphs() == node.graphs()
    assert other.state("mairie") == node.state("mairie")
    assert restored.written == (other.folder / "sources.toml",)
    assert other.harvest()["mairie"].outcome == "unchanged"
    assert node.site.statuses[-1] == 304


def test_a_backup_is_made_while_a_harvest_holds_the_store(node: Node) -> None:
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT, MARCHE))
    node.site.pages["/fete"] = Page(calendar(("z", "Fête")))
    config = node.config()
    published = hash_of(node.place)
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        reports = session.harvest(config.sources)
        next(reports)  # the first source is committed, the second one is not read yet
        made = back_up(node)
        reports.close()  # and its state is saved
        later = back_up(node, node.folder.parent / "later.tar")
    assert made.manifest.data_hash == later.manifest.data_hash == published


def test_the_state_of_a_backup_is_never_newer_than_its_data(node: Node) -> None:
    """A change that was committed and not published is read again after a restore."""
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT, MARCHE))
    config = node.config()
    node.now = node.now.replace(minute=30)
    with opened(config, node.place, version="1.0", clock=lambda: node.now) as session:
        list(session.harvest(config.sources))  # killed before it publishes
    assert node.state("mairie").etag
    other = elsewhere(node)
    restore(back_up(node), other.folder, node)
    assert other.names() == {"Bal", "Concert"}
    assert not other.state("mairie").etag
    assert other.harvest()["mairie"].added == 1
    assert other.names() == {"Bal", "Concert", "Marché"}


def test_captures_changes_and_mappings_come_along(node: Node) -> None:
    names = "captures/mairie/a.zip", "changes/mairie/b.rdfp.gz", "changes/mairie/c.part", "secret"
    for name in names:
        (node.place.var / name).parent.mkdir(parents=True, exist_ok=True)
        (node.place.var / name).write_bytes(b"kept")
        (node.place.var / name).chmod(0o600 if name == "secret" else 0o644)
    mapping = node.folder / "own" / "mine.yml"
    mapping.parent.mkdir()
    mapping.write_text("mappings: {}\n")
    made = back_up_node(
        node.place,
        node.folder / "sources.toml",
        {"own/mine.yml": mapping},
        node.folder.parent / "b.tar",
        now=node.now,
        version="1.0",
    )
    other = elsewhere(node)
    restore(made, other.folder, node)
    assert (other.place.var / "captures/mairie/a.zip").read_bytes() == b"kept"
    assert (other.place.var / "changes/mairie/b.rdfp.gz").read_bytes() == b"kept"
    assert not (other.place.var / "changes/mairie/c.part").exists()
    assert (other.place.var / "secret").stat().st_mode & 0o777 == 0o600
    assert (other.folder / "own" / "mine.yml").read_text() == "mappings: {}\n"


def test_a_filled_node_is_replaced_only_by_force(node: Node) -> None:
    made = back_up(node)
    node.site.pages["/mairie"] = Page(calendar(BAL, CONCERT, MARCHE))
    node.harvest()
    with pytest.raises(BackupError, match="already holds the data of a node"):
        restore(made, node.folder, node)
    assert node.names() == {"Bal", "Concert", "Marché"}
    restored = restore(made, node.folder, node, force=True)
    assert node.names() == {"Bal", "Concert"}
    assert restored.generation.number == 3
    assert sorted(path.name for path in node.folder.iterdir()) == ["sources.toml", "var"]


@contextmanager
def writer(store: Path) -> Iterator[None]:
    """Another process that has the store open."""
    code = (
        "import sys; from pathlib import Path; from store.embedded import EmbeddedStore\n"
        "with EmbeddedStore(Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(store)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield
        process.communicate()


def test_nothing_is_replaced_while_someone_works_there(node: Node) -> None:
    made = back_up(node)
    with sole(node.place.var, 1), pytest.raises(RunningError):
        restore(made, node.folder, node, force=True)
    with writer(node.place.store), pytest.raises(LockedError, match="in use by process"):
        restore(made, node.folder, node, force=True)
    assert node.names() == {"Bal", "Concert"}


def test_a_sources_file_that_differs_is_left_alone(node: Node) -> None:
    made, other = back_up(node), elsewhere(node)
    (other.folder / "sources.toml").write_text("# mine\n")
    restored = restore(made, other.folder, node)
    assert (other.folder / "sources.toml").read_text() == "# mine\n"
    assert restored.beside == (other.folder / "sources.toml.restored",)
    assert any("was left alone" in str(message) for message in restored.told())


def test_a_folder_that_cannot_be_moved_is_told_before_anything_is_done(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(node)
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "var")
    with pytest.raises(BackupError, match="mount the disk one folder higher"):
        restore(made, node.folder, node, force=True)
    assert node.names() == {"Bal", "Concert"}


def test_a_node_on_which_only_a_schedule_was_tried_is_not_filled(node: Node) -> None:
    made, other = back_up(node), elsewhere(node)
    with sole(other.place.var, 1):
        pass
    restore(made, other.folder, node)
    assert other.names() == {"Bal", "Concert"}


def test_without_a_generation_there_is_nothing_to_back_up(node: Node) -> None:
    shutil.rmtree(node.place.generations)
    with pytest.raises(BackupError, match="run: enbauges harvest"):
        back_up(node)


def test_a_backup_may_be_read_by_its_owner_only(node: Node) -> None:
    made = back_up(node)
    assert made.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]


def rewritten(path: Path, change: dict[str, bytes | None], *, more: str = "") -> Path:
    """The backup with other contents of some members, without those that are None."""
    copy = path.with_name("changed.tar")
    with tarfile.open(path) as old, tarfile.open(copy, "w") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            content = change.get(member.name, file.read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, BytesIO(content))
        if more:
            new.addfile(tarfile.TarInfo(more))
    return copy


def manifest_of(made: BackedUp, **other: object) -> dict[str, bytes | None]:
    with tarfile.open(made.path) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        told = json.load(file)
    return {"manifest.json": json.dumps({**told, **other}).encode()}


def bad_backups(made: BackedUp) -> Iterator[tuple[Path, str]]:
    yield rewritten(made.path, {"manifest.json": None}), "damaged or cut short"
    yield rewritten(made.path, {"store.nq.gz": b"not these"}), "damaged or cut short"
    yield rewritten(made.path, {"state.sqlite": None}), "damaged or cut short"
    yield rewritten(made.path, manifest_of(made, data_hash="0")), "damaged or cut short"
    yield rewritten(made.path, manifest_of(made, format=99)), "made by a newer EnBauges"
    yield rewritten(made.path, manifest_of(made, files={"../out": "0"})), "damaged or cut short"
    cut = made.path.with_name("cut.tar")
    cut.write_bytes(made.path.read_bytes()[:3000])
    yield cut, "damaged or cut short"
    other = made.path.with_name("other.tar")
    other.write_bytes(b"an old letter")
    yield other, "damaged or cut short"
    yield made.path.with_name("none.tar"), "there is no such file"


def test_a_bad_backup_restores_nothing_and_says_why(node: Node) -> None:
    other = elsewhere(node)
    for path, said in bad_backups(back_up(node)):
        with pytest.raises(BackupError, match=said):
            restore_node(
                path, other.place, other.folder / "sources.toml", now=node.now, force=False
            )
        assert list(other.folder.iterdir()) == []


def test_a_file_that_the_manifest_does_not_name_is_not_written(node: Node) -> None:
    made, other = back_up(node), elsewhere(node)
    path = rewritten(made.path, {}, more="../escaped")
    restore_node(path, other.place, other.folder / "sources.toml", now=node.now, force=False)
    assert not list(other.folder.parent.rglob("escaped"))


def test_a_backup_takes_the_place_of_no_other(node: Node) -> None:
    first = back_up(node, node.folder.parent / "first.tar")
    kept = first.path.read_bytes()
    with pytest.raises(BackupError, match="exists already"):
        back_up(node, first.path)
    assert first.path.read_bytes() == kept
