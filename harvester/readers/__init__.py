"""Readers: bytes of one format in, Records and Issues out; one file per format."""
