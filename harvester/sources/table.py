"""The table of communes that a node keeps beside its ``sources.toml``."""

from __future__ import annotations

from pathlib import Path

from harvester.sources.problems import ConfigError, Problem
from vocab.messages import say
from vocab.territory.atlas import NAME, Atlas, AtlasError, atlas_of, shipped


def table_beside(config: Path) -> tuple[str, Atlas]:
    """The text of the node's own table, "" without one, and the communes that are then known.

    Raises:
        ConfigError: when there is one that cannot be read.
    """
    path = config.absolute().parent / NAME
    remedy = say("mend it, or move it away and run: enbauges territory import FILE")
    try:
        if not path.is_file():
            return "", shipped()
        own = path.read_text("utf-8-sig")
        return own, atlas_of(own)
    except AtlasError as error:
        what = say("this line tells no commune: {value}", value=error.value)
        raise ConfigError(path, [Problem(error.line, None, what, remedy)]) from error
    except (OSError, UnicodeDecodeError) as error:
        what = say("the file cannot be read: {reason}", reason=str(error))
        raise ConfigError(path, [Problem(None, None, what, remedy)]) from error
