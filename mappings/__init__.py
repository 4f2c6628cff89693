"""The mapping engine and the platform files: what turns Records into quads.

Pure: no network, no clock, no store.
"""
