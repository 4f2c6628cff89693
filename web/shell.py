"""The frame of every HTML page: its template, its language, its headers."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sparql.formats import Format
from sparql.language import preferred
from store.generations import Generation
from vocab.messages import LANGUAGES
from web.texts import Words

ROOM = Path(__file__).parent
HTML = Format("html", "text/html", "", graph=False, extension="html", charset=True)
VARY = "Accept, Accept-Language"
"""What decides between a page and data, and in which language it speaks."""


class Shell:
    """Renders the templates of one node.

    Args:
        title: the node's name.
        zone: the zone whose days and hours the pages tell.
    """

    def __init__(self, title: str, zone: ZoneInfo) -> None:
        self._title = title
        self._zone = zone
        self._templates = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

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
        words = Words(language, self._zone)
        other = next(known for known in LANGUAGES if known != language)
        return self._templates.get_template(template).render(
            values,
            _=words.say,
            words=words,
            lang=language,
            keep=f"?lang={language}" if "lang" in request.query_params else "",
            other=f"?{request.url.include_query_params(lang=other).query}",
            title=self._title,
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
