"""What a newcomer's machine may lack: such a test is skipped and says how to get it.

Where a name is in ``ENBAUGES_REQUIRE`` (``.ci/run`` sets it) the test fails instead.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared"


def shared(name: str) -> Path:
    """The folder ``../shared/NAME``, or a skipped test."""
    folder = SHARED / name
    if not folder.is_dir():
        lacking(name, f"needs the folder shared/{name} beside the checkout")
    return folder


def lacking(name: str, sentence: str) -> None:
    """Skip, or fail where ``name`` is required."""
    if name in os.environ.get("ENBAUGES_REQUIRE", "").split():
        pytest.fail(f"{name} is required here: {sentence}")
    pytest.skip(sentence)
