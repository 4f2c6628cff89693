"""A node that harvested the samples, for the tests that want data from the whole pipeline."""

import shutil
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from pyoxigraph import Store

import cli
from commands import node as commands_node
from vocab import ROOM


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store of a node that harvested every sample, on Monday 4 May 2026."""
    folder = tmp_path_factory.mktemp("node")
    config = folder / "sources.toml"
    shutil.copy(ROOM.parent / "sources.toml", config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands_node, "clock", lambda: datetime(2026, 5, 4, 12, tzinfo=UTC))
        result = CliRunner().invoke(cli.main, ["demo", "--once", "--config", str(config)])
    assert result.exit_code == 0, result.output
    return Store.read_only(str(next((folder / "var" / "generations").glob("0*/store"))))
