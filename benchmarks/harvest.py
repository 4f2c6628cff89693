"""What a harvest costs beside the bare libraries: 200 sources of 50 records over loopback.

CPU seconds of this process and of the children that read for it, start-up excluded; the server
runs in a process of its own. The records are as long as real ones: the 4,911 events that local
organisations publish in the corpus have 702 bytes in 16 lines on average, its 1,959 feed entries
(test suites left out) 1,820 bytes.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

import feedparser
import icalendar
import recurring_ical_events

from benchmarks.figures import Figure
from harvester.errands import window_at
from harvester.fetch import Client, Validators
from harvester.place import Place
from harvester.report import Report
from harvester.session import opened
from harvester.sources import Config, load
from mappings import platforms

SOURCES = 200
RECORDS = 50
ROUNDS = 3
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


ARTICLE = (
    "<p>Le compte rendu de <b>l'atelier</b> de samedi, avec les photos et la date du prochain. "
    "Vingt-deux personnes sont venues, dont la moitié pour la première fois ; dix-sept objets "
    "sont repartis réparés, trois ont rendu leurs pièces à d'autres, deux attendent un joint "
    "que personne n'avait.</p><p>On a vu passer une machine à café, quatre lampes, une radio "
    "des années cinquante qui a retrouvé la parole, et un vélo d'enfant qui n'a plus qu'à "
    "trouver un enfant. Le plus long a été de recoudre une tente : à six mains, il a fallu "
    "toute l'après-midi, et le goûter y est passé.</p><p>Merci à celles et ceux qui ont tenu "
    "la buvette, et à la commune qui a prêté la salle. Il nous manque encore un fer à souder, "
    "une machine à coudre et des bocaux pour trier les vis : si vous en avez qui dorment, "
    "passez nous voir un mardi soir, nous sommes là dès dix-huit heures.</p><p>La prochaine "
    "fois, on apprendra à affûter : venez avec vos couteaux, vos ciseaux et vos sécateurs, et "
    "repartez avec de quoi le refaire chez vous. Il n'y a rien à réserver, rien à payer, et "
    "rien à savoir d'avance ; il y aura de la soupe. Les enfants sont les bienvenus, il y a "
    "un coin pour démonter ce qui ne peut plus servir.</p>"
)


def calendar(number: int, revision: int) -> bytes:
    """A calendar of RECORDS single events; each revision changes the title of one."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//EnBauges//bench//FR"]
    for event in range(RECORDS):
        day = NOW.date() + timedelta(days=event)
        changed = f" (salle {revision})" if event == revision else ""
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}-{event}@agenda.example",
            "DTSTAMP:20260501T080000Z",
            f"DTSTART;TZID=Europe/Paris:{day:%Y%m%d}T180000",
            f"DTEND;TZID=Europe/Paris:{day:%Y%m%d}T200000",
            f"SUMMARY:Atelier de réparation n° {event}{changed}",
            "DESCRIPTION:Apportez ce qui est cassé\\, on répare ensemble autour d'un ca",
            " fé : grille-pain\\, vélos\\, vêtements\\, jouets. Entrée libre\\, chacun donne",
            " ce qu'il veut ; les pièces sont à prix coûtant. La salle ouvre une demi-he",
            " ure avant\\, et ferme quand tout est rangé.",
            f"LOCATION:Salle des fêtes\\, place n° {number}",
            f"URL:https://agenda.example/{number}/{event}",
            "CATEGORIES:réparation,atelier",
            "CREATED:20260401T080000Z",
            "LAST-MODIFIED:20260428T173000Z",
            "STATUS:CONFIRMED",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def feed(number: int, revision: int) -> bytes:
    """An RSS feed of RECORDS entries; each revision changes the title of one."""
    items = "".join(
        f"<item><title>Nouvelle n° {entry}{f' ({revision})' if entry == revision else ''}</title>"
        f"<link>https://asso.example/{number}/{entry}</link>"
        f"<guid isPermaLink='false'>{number}-{entry}</guid>"
        f"<pubDate>Mon, 04 May 2026 {entry % 24:02}:00:00 +0200</pubDate>"
        "<category>vie associative</category><category>numérique</category>"
        f"<description><![CDATA[{ARTICLE}<ul><li><a href='https://asso.example/{number}/{entry}/"
        "photos'>Les photos</a></li><li><a href='https://asso.example/agenda'>L'agenda</a></li>"
        "</ul>]]>"
        "</description></item>"
        for entry in range(RECORDS)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>Association n° {number}</title><link>https://asso.example/{number}</link>"
        f"<language>fr</language>{items}</channel></rss>"
    ).encode()


@cache
def document(path: str, revision: int) -> bytes:
    """What the server answers at ``/ics/12`` or ``/feed/12``."""
    _, kind, number = path.split("/")
    return {"ics": calendar, "feed": feed}[kind](int(number), revision)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    revision = -1

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        tag = f'"{self.path}-{self.revision}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = document(self.path, self.revision)
        media = "text/calendar" if self.path.startswith("/ics/") else "application/rss+xml"
        self.send_response(200)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", f"{media}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _serve(pipe: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    pipe.send(server.server_port)

    def follow() -> None:
        while True:
            _Handler.revision = pipe.recv()
            pipe.send(None)

    import threading  # noqa: PLC0415  # in the server's process only

    threading.Thread(target=server.serve_forever, daemon=True).start()
    follow()


@contextmanager
def served() -> Iterator[tuple[int, Callable[[int], None]]]:
    """The port of the server, and a function that makes it serve another revision."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()

    def revise(revision: int) -> None:
        ours.send(revision)
        ours.recv()

    try:
        yield ours.recv(), revise
    finally:
        process.kill()
        process.join()


def paths() -> list[str]:
    """The addresses of the sources, half calendars and half feeds."""
    return [f"/{kind}/{n}" for n in range(SOURCES // 2) for kind in ("ics", "feed")]


def written(directory: Path, port: int) -> Config:
    """A sources file for all of them."""
    blocks = [
        f'[[source]]\nid = "{path.strip("/").replace("/", "-")}"\nkind = "{path.split("/")[1]}"\n'
        f'url = "http://127.0.0.1:{port}{path}"\ntitle = "Source {path}"\n'
        'publisher = "Association"\nlicence = "etalab-2.0"\nallow_private = true\n'
        for path in paths()
    ]
    head = (
        '[site]\ntitle = "Banc"\nbase = "https://node.example/"\n'
        'contact = "contact@node.example"\nterritory = ["73081"]\n'
        '[defaults]\nevery = "6h"\nscope = "local"\n'
    )
    file = directory / "sources.toml"
    file.write_text("\n".join([head, *blocks]), encoding="utf-8")
    return load(file, kinds=platforms().keys())


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds that ``work`` takes in this process and in the children that read for it."""
    before = time.process_time() + sum(readers().values())
    work()
    return time.process_time() + sum(readers().values()) - before


def readers() -> dict[int, float]:
    """Process id → CPU seconds used so far, for the children that read and map (proc(5))."""
    ticks, found = os.sysconf("SC_CLK_TCK"), {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            mine = int(after_name[1]) == os.getpid()
            if mine and b"harvester.child" in (entry / "cmdline").read_bytes():
                found[int(entry.name)] = (int(after_name[11]) + int(after_name[12])) / ticks
    return found


def parse_bare(revision: int, *, expand: bool = False) -> None:
    """The same bytes through the bare libraries; ``expand`` asks for the window's dates too."""
    window = window_at(NOW)
    for path in paths():
        body = document(path, revision)
        if path.startswith("/ics/"):
            parsed = icalendar.Calendar.from_ical(body)
            if expand:
                recurring_ical_events.of(parsed).between(window.start, window.end)
        else:
            feedparser.parse(body)


def run(config: Config, place: Place, at: datetime) -> tuple[float, list[Report]]:
    """CPU seconds of harvesting every source and publishing, and how each went.

    Start-up is done before: the store is open and holds the vocabulary.
    """
    reports: list[Report] = []
    with opened(config, place, version="bench", clock=lambda: at) as session:
        list(session.harvest(()))

        def work() -> None:
            reports.extend(session.harvest(config.sources))
            session.publish()

        return cpu(work), reports


def bare_requests(config: Config, tags: Sequence[str]) -> None:
    """The same conditional requests, by the guarded client alone."""
    with Client("EnBauges/bench (+contact@node.example)") as client:
        for source, tag in zip(config.sources, tags, strict=True):
            client.fetch(source.url, validators=Validators(etag=tag), allow_private=True)


def measure() -> list[Figure]:
    """First run, unchanged run, run in which every source changed a little, one change.

    Each is measured ROUNDS times in turn with what it is compared to, on a new store; the
    ratio is that of the medians.
    """
    spent: dict[str, list[float]] = {}
    quads = 0
    with served() as (port, revise), tempfile.TemporaryDirectory() as folder:
        config = written(Path(folder), port)
        run(replace(config, sources=config.sources[:4]), Place(Path(folder) / "warm"), NOW)
        for number in range(ROUNDS):
            place = Place(Path(folder) / f"round-{number}")
            revise(-1)
            parse_bare(-1)
            round_ = {"bare": cpu(partial(parse_bare, -1)), "first": run(config, place, NOW)[0]}
            # What RocksDB still sorts in the background belongs to the first run.
            run(config, place, NOW + timedelta(seconds=30))
            round_["expanded"] = cpu(partial(parse_bare, -1, expand=True))
            round_["304"], _ = run(config, place, NOW + timedelta(minutes=1))
            tags = [f'"{path}--1"' for path in paths()]
            round_["requests"] = cpu(partial(bare_requests, config, tags))
            revise(number)
            parse_bare(number)
            round_["changed bare"] = cpu(partial(parse_bare, number))
            round_["changed"], reports = run(config, place, NOW + timedelta(minutes=2))
            if any(report.changed != 1 for report in reports):
                raise RuntimeError([report for report in reports if report.changed != 1])
            quads = max(report.quads for report in reports)
            for name, seconds in round_.items():
                spent.setdefault(name, []).append(seconds)
    took = {name: statistics.median(seconds) for name, seconds in spent.items()}

    def figure(name: str, ours: str, bare: str, goal: str) -> Figure:
        note = f"{took[ours]:.2f} s of CPU beside {took[bare]:.2f} s"
        return Figure(name, took[ours] / took[bare], goal, note)

    return [
        figure("first run / bare parsing", "first", "bare", "≤ 3"),
        figure("first run / bare parsing and expanding", "first", "expanded", ""),
        figure("each source changed / bare parsing", "changed", "changed bare", "≤ 2"),
        figure("all 304 / bare requests", "304", "requests", "≤ 3"),
        Figure("quads written for one changed entry", quads, "", "its title twice, and the run"),
    ]


if __name__ == "__main__":
    for figure in measure():
        print(figure)
