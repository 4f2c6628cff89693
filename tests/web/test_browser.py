"""The pages in a real browser: with and without scripts, on a phone, by keyboard, elsewhere."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.requirements import lacking

pytestmark = pytest.mark.slow

NPM = Path(__file__).parent / "npm" / "node_modules"
PAGES = [
    *("/", "/agenda", "/agenda?vue=mois&date=2026-12-01&commune=73081", "/carte", "/annuaire"),
    *("/tiers-lieux", "/ressources", "/actualites", "/sources", "/couverture"),
    *("/recherche?q=atelier", "/id/event/atelier/20261205", "/id/event/piege", "/id/place/fab"),
    *("/id/source/mairie", "/id/record/mairie/atelier", "/id/event/parti", "/nulle-part"),
    *("/id/event/cache", "/id/article/lettre", "/id/service/demarches", "/id/article/guide"),
    *("/a-propos", "/moissonneur", "/reutiliser", "/accessibilite", "/mentions-legales"),
    *("/sparql", "/ns", "/concept/theme", "/embed/agenda?jours=30", "/embed/carte"),
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def installed(name: str, file: str) -> str:
    """The text of a file of an npm package, or a skipped test."""
    path = NPM / name / file
    if not path.is_file():
        lacking("npm", "needs the packages of tests/web/npm: npm ci --prefix tests/web/npm")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        lacking("chromium", "needs chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of contexts that are closed after the test."""
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**({"locale": "fr-FR", "viewport": DESK} | options))
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@contextmanager
def watched(page: Page, home: str) -> Iterator[list[str]]:
    """What a page must not do: complain, ask another host, open a dialog."""
    faults: list[str] = []

    def asked(route: Route) -> None:
        if not route.request.url.startswith(home):
            faults.append(f"asked {route.request.url}")
        route.continue_()

    page.route("**/*", asked)
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    yield faults
    page.unroute_all(behavior="wait")


def expected(faults: list[str]) -> list[str]:
    """The faults but what Chromium says of a page that answers 404 or 410 on purpose."""
    return [fault for fault in faults if "status of 404" not in fault and "410" not in fault]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_of_accessibility(
    opened: Callable[..., Page], home: str, path: str
) -> None:
    rules = installed("axe-core", "axe.min.js")
    page = opened(bypass_csp=True)
    with watched(page, home) as faults:
        page.goto(home + path, wait_until="load")
        page.evaluate(rules)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("rules => axe.run(document, rules)", RULES)
            broken = [
                (fault["id"], fault["nodes"][0]["html"][:120], fault["nodes"][0]["failureSummary"])
                for fault in found["violations"]
            ]
            assert broken == [], scheme
    assert expected(faults) == []


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_pages_fit_a_phone_and_keep_to_themselves(
    opened: Callable[..., Page], home: str, *, script: bool
) -> None:
    page = opened(viewport=PHONE, java_script_enabled=script, has_touch=True)
    for path in PAGES:
        with watched(page, home) as faults:
            page.goto(home + path, wait_until="load")
            assert page.locator("h1").count() == 1, path
            if script:
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{path} is {wide} pixels wider than a phone"
        assert expected(faults) == [], path


def test_the_map_shows_what_the_list_shows(opened: Callable[..., Page], home: str) -> None:
    page = opened()
    page.goto(f"{home}/carte", wait_until="networkidle")
    listed = page.locator("#places li")
    assert page.locator("#map").get_attribute("data-markers") == str(listed.count())
    shown = page.locator("#map .pin").count()
    clusters = page.locator("#map .marker-cluster").all_inner_texts()
    assert shown + sum(map(int, clusters)) == listed.count() == 3
    page.get_by_role("button", name="Montrer sur la carte : Fab").click()
    popup = page.locator("#map .leaflet-popup a").first
    assert popup.inner_text() == "Fab"
    assert urlsplit(str(popup.get_attribute("href"))).path == "/id/place/fab"


def test_names_on_the_map_are_on_nothing_else(opened: Callable[..., Page], home: str) -> None:
    page = opened()
    page.goto(f"{home}/carte", wait_until="networkidle")
    box = "({ left, right, top, bottom }) => ({ left, right, top, bottom })"
    boxes: dict[str, list[dict[str, float]]] = {
        name: page.evaluate(
            f"""[...document.querySelectorAll("#map {name}")]
            .filter((each) => getComputedStyle(each).visibility === "visible")
            .map((each) => ({box})(each.getBoundingClientRect()))"""
        )
        for name in (".commune", ".pin, #map .marker-cluster")
    }
    names, things = boxes.values()
    assert names
    for name in names:
        for other in (*things, *(each for each in names if each is not name)):
            across = name["right"] <= other["left"] or name["left"] >= other["right"]
            assert across or name["bottom"] <= other["top"] or name["top"] >= other["bottom"]


def test_without_scripts_the_list_is_there_and_no_empty_map(
    opened: Callable[..., Page], home: str
) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"{home}/carte")
    assert not page.locator("#map").is_visible()
    assert page.locator("#places li").first.is_visible()


def test_the_agenda_is_filtered_by_keyboard_alone(opened: Callable[..., Page], home: str) -> None:
    page = opened(java_script_enabled=True)
    page.goto(f"{home}/agenda")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "f-commune"
    page.keyboard.type("Le Ch")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "commune=73081" in page.url
    assert page.locator(".agenda .title").all_inner_texts() == ["Concert d’hiver"]


def test_the_week_of_a_commune_is_printed_on_one_sheet(
    opened: Callable[..., Page], home: str
) -> None:
    page = opened()
    page.goto(f"{home}/agenda?commune=73081")
    sheet = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert page.locator(".printed").is_visible()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Serves a page of another origin; gives its address."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def serve(body: str) -> str:
        head = '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Ailleurs</title>'
        (tmp_path / "index.html").write_text(head + body, encoding="utf-8")
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_agenda_is_shown_by_a_site_of_another_origin(
    opened: Callable[..., Page], home: str, elsewhere: Callable[[str], str]
) -> None:
    page = opened()
    page.clock.set_fixed_time("2026-12-01T10:00:00Z")
    page.goto(
        elsewhere(
            f'<script type="module" src="{home}/static/enbauges-agenda.js"></script>'
            f'<enbauges-agenda jours="30"><a href="{home}/agenda">lien</a></enbauges-agenda>'
        )
    )
    shown = page.locator("enbauges-agenda")
    shown.get_by_text("Atelier de réparation").first.wait_for()
    titles = shown.locator("li a").all_inner_texts()
    assert titles[0] == "Atelier de réparation"
    assert any(title.startswith("</title><img src=x onerror=alert(1)>") for title in titles)
    assert shown.locator("li a").first.get_attribute("href") == f"{home}/id/event/atelier/20261205"
    assert "14:00" in shown.locator("li").first.inner_text()
    assert shown.locator("h3").first.inner_text().lower() == "samedi 5 décembre"


def test_a_component_keeps_its_link_when_the_node_cannot_be_reached(
    opened: Callable[..., Page], home: str, elsewhere: Callable[[str], str]
) -> None:
    page = opened()
    page.route("**/agenda.json*", lambda route: route.abort())
    page.goto(
        elsewhere(
            f'<script type="module" src="{home}/static/enbauges-agenda.js"></script>'
            '<enbauges-agenda><a href="#">lien</a></enbauges-agenda>'
        ),
        wait_until="networkidle",
    )
    assert page.get_by_role("link", name="lien").is_visible()


def test_the_map_is_shown_by_a_site_of_another_origin(
    opened: Callable[..., Page], home: str, elsewhere: Callable[[str], str]
) -> None:
    page = opened()
    page.goto(
        elsewhere(
            f'<script type="module" src="{home}/static/enbauges-carte.js"></script>'
            "<enbauges-carte genre='ThirdPlace'></enbauges-carte>"
        )
    )
    frame = page.frame_locator("enbauges-carte iframe")
    frame.locator("#map[data-markers='1']").wait_for()


def test_a_frame_shows_the_agenda_and_no_other_page_may_be_framed(
    opened: Callable[..., Page], home: str, elsewhere: Callable[[str], str]
) -> None:
    page = opened()
    frames = "".join(
        f'<iframe src="{home}{path}" title="x"></iframe>' for path in ("/embed/agenda", "/agenda")
    )
    page.goto(elsewhere(frames), wait_until="networkidle")
    embedded, refused = page.frames[1:]
    assert "Concert d’hiver" in embedded.content()
    assert "Concert d’hiver" not in refused.content()


def test_fullcalendar_renders_our_events(
    opened: Callable[..., Page], home: str, elsewhere: Callable[[str], str]
) -> None:
    script = installed("fullcalendar", "index.global.min.js")
    page = opened()
    page.goto(elsewhere('<div id="calendar"></div>'))
    page.add_script_tag(content=script)
    page.evaluate(
        """home => new FullCalendar.Calendar(document.getElementById("calendar"), {
            initialDate: "2026-11-25", initialView: "dayGridMonth", timeZone: "Europe/Paris",
            events: `${home}/agenda.json`,
        }).render()""",
        home,
    )
    page.locator(".fc-event-title", has_text="Concert d’hiver").wait_for()
    market = page.locator(".fc-event", has_text="Marché de Noël").first
    assert market.is_visible()
    assert page.locator(".fc-event.cancelled", has_text="Loto").count() == 1
