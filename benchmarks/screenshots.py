"""Pictures of the main pages: ``python -m benchmarks.screenshots FOLDER http://127.0.0.1:8000``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

PAGES = {
    "agenda-bureau": ("/agenda", 1200),
    "carte-telephone": ("/carte", 390),
    "accueil-bureau": ("/", 1200),
    "ressources-telephone": ("/ressources", 390),
}
"""Name → path and width in pixels."""

HEIGHT = 900


def main(folder: Path, address: str) -> None:
    """One picture for each page."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (path, width) in PAGES.items():
            size = ViewportSize(width=width, height=HEIGHT)
            page = browser.new_page(viewport=size, locale="fr-FR")
            page.goto(address.rstrip("/") + path, wait_until="networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
