"""RML in Turtle: the door in (``read_rml``) and the ways out (``write_rml``, ``write_legacy``)."""

from __future__ import annotations

from mappings.rml.legacy import write_legacy
from mappings.rml.reader import read_rml
from mappings.rml.writer import write_rml

__all__ = ["read_rml", "write_legacy", "write_rml"]
