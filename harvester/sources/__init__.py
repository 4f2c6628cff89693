"""``sources.toml``: read, checked against its rules, and its mistakes told with their lines."""

from harvester.sources.loading import Config, UnknownSourceError, checked, load
from harvester.sources.problems import ConfigError, Problem
from harvester.sources.values import Site, Source

__all__ = [
    "Config",
    "ConfigError",
    "Problem",
    "Site",
    "Source",
    "UnknownSourceError",
    "checked",
    "load",
]
