"""Pictures of the main pages: ``python -m benchmarks.screenshots FOLDER http://127.0.0.1:8000``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

PAGES = {
    "accueil": "/",
    "agenda": "/agenda",
    "mois": "/agenda?vue=mois",
    "carte": "/carte",
    "tiers-lieux": "/tiers-lieux",
    "sources": "/sources",
    "couverture": "/couverture",
}
WIDTHS = {"bureau": 1200, "telephone": 390}
HEIGHT = 900


def main(folder: Path, address: str) -> None:
    """One picture for each page and width, and the sheet of the week as PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for width_name, width in WIDTHS.items():
            size = ViewportSize(width=width, height=HEIGHT)
            page = browser.new_page(viewport=size, locale="fr-FR")
            for name, path in PAGES.items():
                page.goto(address.rstrip("/") + path, wait_until="networkidle")
                page.screenshot(path=folder / f"{name}-{width_name}.png")
        page = browser.new_page(locale="fr-FR")
        page.goto(f"{address.rstrip('/')}/agenda", wait_until="networkidle")
        page.pdf(path=folder / "semaine.pdf", format="A4")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
