"""The mapping engine and the platform files: what turns Records into quads.

A door reads a mapping language into a ``plan``; the ``compiler`` turns the plan into
closures once per process. Pure: no network, no clock, no store.
"""

from __future__ import annotations

from mappings.compiler import Mapping
from mappings.paging import Paging
from mappings.platform import (
    Platform,
    compile_file,
    compile_table,
    compile_yarrrml,
    platform,
    platforms,
)
from mappings.problems import MappingError, Problem

__all__ = [
    "Mapping",
    "MappingError",
    "Paging",
    "Platform",
    "Problem",
    "compile_file",
    "compile_table",
    "compile_yarrrml",
    "platform",
    "platforms",
]
