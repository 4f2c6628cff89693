"""Looking for a text in every file, whatever it is packed in."""

import gzip
import zipfile
from pathlib import Path

from store.residue import files_with


def test_it_is_found_in_plain_and_in_compressed_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.sst").write_bytes(b"\x00Zorglub\x01")
    (tmp_path / "b.rdfp.gz").write_bytes(gzip.compress("é ZORGLUB".encode()))
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page-1", "zorglub " * 9)
    (tmp_path / "d.gz").write_bytes(b"no gzip, but zorglub")
    (tmp_path / "e.zip").write_bytes(b"no zip")
    (tmp_path / "f").write_bytes(b"Zorg lub")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    found = [path.relative_to(tmp_path).as_posix() for path in files_with("Zorglub", tmp_path)]
    assert found == ["b.rdfp.gz", "c.zip", "d.gz", "in/a.sst"]
