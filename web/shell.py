"""The frame of every HTML page: its template, its language, its headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sparql.formats import Format
from sparql.language import preferred
from store.folding import slug
from store.generations import Generation
from store.reading import plain
from vocab.messages import LANGUAGES
from web.structured import script
from web.texts import Words, document_name, host, link, reference, telephone

ROOM = Path(__file__).parent
HTML = Format("html", "text/html", "", graph=False, extension="html", charset=True)
VARY = "Accept, Accept-Language"
"""What decides between a page and data, and in which language it speaks."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Site:
    """What pages say of the node itself.

    ``title`` is its name; ``zone`` the one whose days and hours the pages tell; ``contact`` a
    mailbox or a web address; ``tiles`` the address of map tiles with ``{z}/{x}/{y}``, "" for a
    map without background, and ``attribution`` whom that server asks to name; ``state`` the
    file of the operational state, None when pages need not tell how the sources do.
    """

    title: str
    zone: ZoneInfo
    contact: str = ""
    tiles: str = ""
    attribution: str = ""
    state: Path | None = None


class Shell:
    """Renders the templates of one node."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._templates = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            slug=slug, plain=plain, host=host, document=document_name, telephone=telephone
        )
        self._templates.tests["iri_node"] = lambda node: isinstance(node, NamedNode)
        self._templates.globals.update(link=link, reference=reference, structured=script, site=site)

    def render(
        self,
        request: Request,
        template: str,
        *,
        generation: Generation | None = None,
        **values: object,
    ) -> str:
        """The text of ``template``, in the language of ``request``.

        ``generation`` is named at the foot of the page, when what it shows was gathered.
        """
        language = language_of(request)
        other = next(known for known in LANGUAGES if known != language)
        chosen = "lang" in request.query_params
        return self._templates.get_template(template).render(
            values,
            _=Words(language, self.site.zone).say,
            words=Words(language, self.site.zone),
            lang=language,
            keep=f"?lang={language}" if chosen else "",
            also=f"&lang={language}" if chosen else "",
            other=f"?{request.url.include_query_params(lang=other).query}",
            canonical=_canonical(request, generation),
            path=_path(request),
            webcal=f"webcal://{request.url.netloc}",
            title=self.site.title,
            generation=generation,
        )

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        generation: Generation | None = None,
        **values: object,
    ) -> Response:
        """``template`` as a response that a browser may keep for a minute."""
        body = self.render(request, template, generation=generation, **values)
        headers = {
            "vary": VARY,
            "content-language": language_of(request),
            "cache-control": "no-store" if status != 200 else "public, max-age=60",  # noqa: PLR2004
        }
        if status == 503:  # noqa: PLR2004  # Service Unavailable: worth asking again
            headers["retry-after"] = "10"
        return HTMLResponse(body, status_code=status, headers=headers)


def language_of(request: Request) -> str:
    """The language to answer in: ``?lang=``, else the best of Accept-Language."""
    return preferred(
        request.headers.get("accept-language", ""), request.query_params.get("lang", "")
    )


def _canonical(request: Request, generation: Generation | None) -> str:
    """The public address of a page, whatever the host that it was asked of; "" before the first."""
    if generation is None:
        return ""
    query = request.url.remove_query_params("lang").query
    return generation.base + _path(request).lstrip("/") + (f"?{query}" if query else "")


def _path(request: Request) -> str:
    """The path of a page, whichever of its two addresses was asked."""
    return request.url.path.removesuffix(".html")
