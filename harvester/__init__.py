"""Harvest runs: sources in, one Changeset per source out."""
