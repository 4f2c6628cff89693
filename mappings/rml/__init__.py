"""RML in Turtle: the door in (``read_rml``) and the way out (``write_rml``)."""

from __future__ import annotations

from mappings.rml.reader import read_rml

__all__ = ["read_rml"]
