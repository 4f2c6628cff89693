"""How long these tests are: short in every run, long where ``ENBAUGES_LONG=1`` asks for it.

``make resilience`` runs the long form and prints the figures. Both forms are the same tests;
only how often and how many differs.
"""

from __future__ import annotations

import os

LONG = os.environ.get("ENBAUGES_LONG") == "1"


def sized(short: int, long: int) -> int:
    """``long`` in the long form, ``short`` elsewhere."""
    return long if LONG else short
