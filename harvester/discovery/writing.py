"""A new block at the end of ``sources.toml``, and not a byte of the rest touched.

The block is written by tomlkit and set behind what is there; the whole is checked as any
``sources.toml`` is before it takes the place of the old one, in one step.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from harvester.discovery.addresses import same
from harvester.discovery.proposal import Proposal
from harvester.records import HarvestError
from harvester.sources import Config, Source, checked
from store.files import instead
from vocab.messages import Message, say

_MARK = b"\xef\xbb\xbf"  # Windows puts it at the beginning of a text
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class WriteError(HarvestError):
    """The block cannot be added; the file was left as it was."""


@dataclass(frozen=True, slots=True)
class Draft:
    """``sources.toml`` with a block more: ``content`` as bytes, of which ``before`` are there.

    ``block`` is that text, ``line`` where it begins, and ``source`` what it says.
    """

    path: Path
    before: bytes
    content: bytes
    block: str
    source: Source
    line: int


def block_of(proposal: Proposal) -> str:
    """The block as text, in TOML."""
    document = tomlkit.document()
    table = tomlkit.table()
    for name, value in proposal.fields.items():
        table.add(name, value)
    blocks = tomlkit.aot()
    blocks.append(table)
    document.add("source", blocks)
    return tomlkit.dumps(document)


def registered(config: Config, *urls: str) -> Source | None:
    """The source that reads one of ``urls`` already, however they are written."""
    wanted = {same(url) for url in urls}
    return next((each for each in config.sources if same(each.url) in wanted), None)


def draft(path: Path, proposal: Proposal, kinds: Collection[str]) -> Draft:
    """The file ``path`` with the block of ``proposal`` at its end, checked.

    Raises:
        ConfigError: when the file has mistakes, or would have some.
        WriteError: when it cannot be read.
    """
    try:
        before = path.read_bytes()
    except OSError as error:
        raise WriteError(_unwritable(path, error.strerror or str(error))) from error
    newline = "\r\n" if b"\r\n" in before else "\n"
    gap = newline if before.endswith(b"\n") else newline * 2
    block = block_of(proposal)
    content = before + (gap + block.replace("\n", newline)).encode()
    config = checked(path, content.removeprefix(_MARK).decode("utf-8", "replace"), kinds=kinds)
    line = before.count(b"\n") + gap.count("\n") + 1
    return Draft(path, before, content, block, config.sources[-1], line)


def write(new: Draft) -> None:
    """Let a draft take the place of the file, as a whole; its mode stays, and a link to it.

    Raises:
        WriteError: when it cannot be written, or was changed since it was read.
    """
    target = new.path.resolve()
    try:
        mode = target.stat().st_mode
        if not mode & _WRITABLE or not os.access(target, os.W_OK):
            raise WriteError(_read_only(new.path))
        _replace(target, new)
    except OSError as error:
        raise WriteError(_unwritable(new.path, error.strerror or str(error))) from error


def _replace(target: Path, new: Draft) -> None:
    with instead(target) as file:
        file.write(new.content)
        if target.read_bytes() != new.before:
            raise WriteError(
                say(
                    "{file} was changed meanwhile, and was left as it is — try again",
                    file=str(new.path),
                )
            )


def _read_only(path: Path) -> Message:
    return say(
        "{file} is read-only, and was left as it is — allow writing to it (chmod u+w {file}), or "
        "put the block there yourself",
        file=str(path),
    )


def _unwritable(path: Path, reason: str) -> Message:
    return say(
        "{file} cannot be written: {reason} — check who owns the file and its folder, or put the "
        "block there yourself",
        file=str(path),
        reason=reason,
    )
