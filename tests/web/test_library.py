"""The generation that pages are made from: made ready before readers, switched under them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx
from starlette.types import ASGIApp

from sparql.values import Limits
from sparql.workers import Pool
from store.generations import Generation, Generations
from web import create
from web.library import Library


@dataclass
class Following:
    """What a library asks of a pool."""

    generation: Generation | None


def test_the_index_is_made_before_anybody_asks_for_a_page(
    tmp_path: Path,
    publish: Callable[[Path], Path],
    browse: Callable[[ASGIApp], AbstractContextManager[httpx.Client]],
) -> None:
    root = publish(tmp_path)
    app = create(root, title="Essai", limits=Limits(workers=1, per_client=1), every=0.05)
    with browse(app):
        deadline = time.monotonic() + 60
        while not list(root.glob("000001/index-*.sqlite")):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_readers_keep_the_former_generation_while_the_next_is_made_ready(
    tmp_path: Path, publish: Callable[[Path], Path]
) -> None:
    generations = Generations(publish(tmp_path))
    pool = Following(generations.current())
    library = Library(cast("Pool", pool))
    first = library.shelf()
    publish(tmp_path)
    pool.generation = generations.current()
    with library._lock:  # another reader is making it
        assert library.shelf() is first
    second = library.shelf()
    assert second is not None
    assert second.generation.number == 2
    assert library.shelf() is second


def test_there_is_no_shelf_before_the_first_generation() -> None:
    assert Library(cast("Pool", Following(None))).shelf() is None
