"""Functions on what people write: HTML, addresses of pages, telephone numbers, numbers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import nh3

from mappings.functions.general import text_of
from mappings.functions.registry import EBF, Function, Parameter, declare, optional
from mappings.problems import Problem, problem, shown
from vocab.messages import say

_TAG_BEGINS = re.compile(r"<[a-zA-Z/!]")
_ENTITY = re.compile(r"&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_BLOCK = re.compile(
    r"<\s*(br|/p|/div|/li|/h[1-6]|/tr|/blockquote|/ul|/ol|/table|hr)\b[^<>]*>", re.IGNORECASE
)
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINES = re.compile(r" *\n *(\n *)+")
_SAFE_TAGS = {"a", "b", "blockquote", "br", "em", "h3", "h4", "i", "li", "ol", "p", "strong", "ul"}

_AT_HOST = re.compile(r"(?:@|\s?(?:\(at\)|\[at\]|\(arobase\)|\[arobase\])\s?)[\w-]+(?:\.[\w-]+)+")
_MAILBOX = re.compile(r"[\w.+%-]")
_PHONE = re.compile(  # begins with a plain set of letters, which is searched ten times as fast
    r"[+0](?<![\w/.,-].)(?:(?:(?<=\+)|(?<=0)0)33[\s.-]?(?:\(0\)[\s.-]?)?|(?<=0))"
    r"[1-9](?:[\s.-]?\d{2}){4}(?![\w]|[.,-]\d)"
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
NO_VALUE = frozenset({"", "-", "0", "n/a", "#n/d", "néant", "aucun", "non"})
"""What people write into a cell that has no value, folded."""

_DAYS = r"(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\s?[-,]\s?(?=[MTWFSP]))?)+"
_TIMES = r"(?:\d\d?:\d\d\s?-\s?\d\d?:\d\d\+?(?:\s?,\s?)?)+|off|closed"
_HOURS = re.compile(rf"24/7|(?:{_DAYS}\s(?:{_TIMES})\s?(?:[;,]\s?|$))+")
_WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DOCUMENT = re.compile(
    r"""(?:href\s{0,5}=\s{0,5}["'](?P<link>[^"'<>]{1,2000})["']|(?P<bare>https?://[^\s"'<>]{4,2000}))""",
    re.IGNORECASE,
)
_IS_DOCUMENT = re.compile(r"\.(?:pdf|odt|ods|odp|docx?|xlsx?|pptx?|epub)$", re.IGNORECASE)
_MOST_DOCUMENTS = 10
_LONGEST_HTML = 50_000  # characters
_LAST_PORT = 65535


def plain_text(value: Any) -> str | None:
    """``value`` without HTML: tags gone, entities read, blocks on lines of their own."""
    text = text_of(value)
    if _has_markup(text):
        lined = _BLOCK.sub("\n", _sound(text))
        text = html.unescape(nh3.clean(lined, tags=set(), attributes={}))
    text = _SPACES.sub(" ", text.replace("\u00ad", "").replace("\r\n", "\n").replace("\r", "\n"))
    return _LINES.sub("\n\n", text).strip() or None


def _has_markup(text: str) -> bool:
    begins = _TAG_BEGINS.search(text)
    return bool(begins and text.find(">", begins.end()) > 0) or bool(_ENTITY.search(text))


def _sound(text: str) -> str:
    """``text`` as nh3 may be given it: cut where its cost, a square, would be felt; in UTF-8."""
    whole = text if len(text) <= _LONGEST_HTML else f"{text[:_LONGEST_HTML]}…"
    return whole.encode("utf-8", "replace").decode()


def safe_html(value: Any) -> str | None:
    """``value`` as HTML that is safe to show: a few tags, links to pages only."""
    clean = nh3.clean(
        _sound(text_of(value)),
        tags=_SAFE_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener nofollow",
    )
    return clean.strip() or None


def mask(value: Any, contacts: Any = None) -> str:
    """``value`` with telephone numbers and e-mail addresses replaced by ``…``.

    People's numbers in free text are nobody's to publish (design, rule 14); ``contacts``
    equal to "publish" leaves them.
    """
    text = text_of(value)
    if contacts == "publish":
        return text
    return _PHONE.sub("…", "".join(_without_mail(text)))


def _without_mail(text: str) -> Iterator[str]:
    """The parts of ``text`` around its e-mail addresses, and ``…`` for each.

    The host is looked for first, and from there the mailbox backwards: looked for forwards, a
    mailbox that is none costs the square of its length.
    """
    done = 0
    for host in _AT_HOST.finditer(text):
        start = host.start()
        while start > done and _MAILBOX.match(text[start - 1]):
            start -= 1
        if start < host.start():
            yield text[done:start]
            yield "…"
            done = host.end()
    yield text[done:]


def web_address(value: Any, base: Any = None) -> str | Problem | None:
    """``value`` as an absolute http or https address.

    A missing scheme is added (``www.example.org``), a path is joined to ``base``, spaces
    and other forbidden characters are percent-encoded. Any other scheme is a ``Problem``.
    """
    text = text_of(value).strip()
    if text.casefold() in NO_VALUE:
        return None
    if text.startswith("//"):
        text = "https:" + text
    elif not text.lower().startswith(("http://", "https://")):
        if _HOST.match(text):
            text = "https://" + text
        elif _SCHEME.match(text):
            return _bad_address(text)
        elif base:
            return _address(text, text_of(base))
    return _address(text)


def _address(text: str, base: str = "") -> str | Problem:
    try:
        text = urljoin(base, text)
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        good = good and (parts.port or 0) <= _LAST_PORT and " " not in parts.netloc
    except ValueError:
        good = False
    if not good:
        return _bad_address(text)
    return quote(text, safe="!#$%&'()*+,/:;=?@~-._", errors="replace")


def documents(value: Any, base: Any = None) -> list[str]:
    """The addresses of the documents (PDF, OpenDocument, Office, EPUB) that ``value`` mentions.

    They are links in HTML, joined to ``base`` where they are relative, or addresses in a text;
    the first ten, each once. What looks like one and is no address is left out: nobody meant to
    give it as a value.
    """
    texts = value if isinstance(value, list) else [value]
    text = "\n".join(text_of(each)[:_LONGEST_HTML] for each in texts)
    found = dict[str, None]()
    for match in _DOCUMENT.finditer(text):
        written = html.unescape((match["link"] or match["bare"].rstrip(".,;:!?)»")).strip())
        if _IS_DOCUMENT.search(written.partition("#")[0].partition("?")[0]):
            address = web_address(written, base)
            if isinstance(address, str):
                found[address] = None
    return list(found)[:_MOST_DOCUMENTS]


def _bad_address(text: str) -> Problem:
    return problem(
        "bad-url",
        say("“{value}” is not the address of a web page — write https://…", value=shown(text)),
        text,
    )


def telephone(value: Any) -> str | Problem | None:
    """A telephone number in the form ``+33479543800``; a short number stays as it is."""
    text = text_of(value).strip()
    if text.casefold() in NO_VALUE:
        return None
    digits = re.sub(r"\(0\)|[^\d+]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return "+33" + digits[1:]
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return "+33" + digits
    if re.fullmatch(r"\+[1-9]\d{6,14}|[1-9]\d{1,5}", digits):
        return digits
    return problem(
        "bad-telephone",
        say("“{value}” is not a telephone number — write it as 04 79 54 38 00", value=shown(text)),
        text,
    )


def email(value: Any) -> str | Problem | None:
    """An e-mail address in lower case, without ``mailto:``."""
    text = text_of(value).strip().removeprefix("mailto:").lower()
    if text in NO_VALUE:
        return None
    if re.fullmatch(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+", text):
        return text
    return problem(
        "bad-email",
        say("“{value}” is not an e-mail address — write it as name@example.org", value=shown(text)),
        text,
    )


def language(value: Any) -> str:
    """The language code of ``value``, of which the first part counts: ``en_GB`` → ``en``.

    French where there is none, or where it is no code: these are the words of a French
    countryside.
    """
    code = re.split(r"[-_]", text_of(value or "").strip().lower())[0]
    return code if re.fullmatch(r"[a-z]{2,3}", code) else "fr"


def number(value: Any) -> str | Problem | None:
    """A decimal number with a point, from ``12,50 €``, ``1 250`` or ``12.5``."""
    text = re.sub(r"[\s\u00a0\u202f€]", "", text_of(value)).replace(",", ".")
    if not text:
        return None
    if isinstance(value, float):
        text = f"{value:.10f}".rstrip("0").rstrip(".")
    if _NUMBER.fullmatch(text):
        return text
    return problem(
        "bad-number",
        say("“{value}” is not a number — write it as 12.5", value=shown(text_of(value))),
        value,
    )


def opening_hours(value: Any) -> str | Problem:
    """Opening hours in the grammar of OpenStreetMap: ``Mo-Fr 09:00-12:00; Sa off``."""
    text = " ".join(text_of(value).split())
    if _HOURS.fullmatch(text):
        return text
    return problem(
        "unread-hours",
        say(
            "the opening hours “{value}” are not in the form Mo-Fr 09:00-12:00; Sa off",
            value=shown(text),
        ),
        text,
        "notice",
    )


def week_hours(of: dict[str, Any]) -> str | Problem | None:
    """Opening hours by day, ``{"Mo": "09:00-12:00 & 14:00-18:00"}``, as ``openingHours``."""
    days = [
        f"{day} {text_of(hours).replace('&', ',').replace(' ,', ',')}"
        for day, hours in of.items()
        if hours and day in _WEEK
    ]
    return opening_hours("; ".join(days)) if days else None


FUNCTIONS: tuple[Function, ...] = (
    declare(EBF, "text", plain_text, "value"),
    declare(EBF, "html", safe_html, "value"),
    declare(EBF, "mask", mask, "value", optional("contacts")),
    declare(EBF, "url", web_address, "value", optional("base")),
    declare(EBF, "documents", documents, "value", optional("base")),
    declare(EBF, "telephone", telephone, "value"),
    declare(EBF, "email", email, "value"),
    declare(EBF, "language", language, optional("value")),
    declare(EBF, "number", number, "value"),
    declare(EBF, "openingHours", opening_hours, "value"),
    declare(EBF, "weekHours", week_hours, Parameter(EBF + "of", "object")),
)
