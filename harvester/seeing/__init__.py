"""Seeing before saving: what a harvest would make of a source. Nothing here writes anything."""
