"""Every sample of a platform gives the graph and the issues written beside it."""

from __future__ import annotations

import re

import pytest

from mappings import platforms
from tests import platform_samples as samples

OLDER = {"csv", "enbauges", "feed", "geojson", "gogocarto", "ics"}
"""Their samples are records, in ``tests/data/mappings``, and the files of ``samples/``."""


def test_every_platform_has_a_sample_and_its_graph() -> None:
    assert {*samples.names(), *OLDER} == set(platforms())


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_gives_the_graph_and_the_issues_beside_it(name: str) -> None:
    path = samples.sample(name)
    expected = (samples.DATA / f"{name}.nt").read_text("utf-8").splitlines()
    assert samples.graph(name, path.read_bytes()) == expected


@pytest.mark.parametrize("name", samples.names())
def test_nobody_who_is_named_in_a_sample_is_in_its_graph(name: str) -> None:
    told = "\n".join(samples.graph(name, samples.sample(name).read_bytes()))
    assert "Jeanne Exemple" not in told
    assert "jeanne@" not in told
    assert not re.search(r"(?:0|33)6\d{8}", told.replace(" ", ""))
