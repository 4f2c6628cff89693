"""By which names the node lets itself be called, and what it writes into its pages of them."""

from __future__ import annotations

import httpx
import pytest

BASE = "data.example"


@pytest.mark.parametrize("path", ["/reutiliser", "/agenda", "/", "/robots.txt"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "node.example.evil.example"])
def test_a_name_that_is_not_ours_is_never_written_into_a_page(
    client: httpx.Client, path: str, host: str
) -> None:
    page = client.get(path, headers={"host": host})
    assert page.status_code == 200
    assert "evil" not in page.text


def test_a_page_asked_by_another_name_speaks_of_the_public_one(client: httpx.Client) -> None:
    assert f"//{BASE}/static/" in client.get("/reutiliser", headers={"host": "evil.example"}).text


def test_a_name_of_this_machine_stays(client: httpx.Client) -> None:
    here = str(client.base_url).rstrip("/")
    assert f"{here}/static/" in client.get("/reutiliser").text
