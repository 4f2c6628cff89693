"""Site and Source: the values of ``sources.toml``. Their rules are in ``rules``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, model_validator

from harvester.peers.selection import CLASSES, Selection
from harvester.sources import address_rules as at
from harvester.sources import reach_rules as reach
from harvester.sources import reading_rules as reading
from harvester.sources import rules as rule
from harvester.sources.problems import WrongValueError
from harvester.sources.rules import AGREEMENT, LICENCES, SHARE_ALIKE
from mappings.table import ShortForm
from vocab.messages import say

Text = Annotated[str, AfterValidator(rule.text)]
Insee = Annotated[str, BeforeValidator(rule.insee)]
Count = Annotated[int, BeforeValidator(rule.count)]
Mailbox = Annotated[str, AfterValidator(at.mailbox)]

_OF_KINDS = {
    **dict.fromkeys(("query", "classes", "page_size"), ("sparql",)),
    "graph": ("sparql", "rdf"),
    **dict.fromkeys(("sitemap", "only"), ("html",)),
}
"""Keys of a source that mean something for some kinds only."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Value(BaseModel, frozen=True, strict=True, extra="forbid"):
    """Strict, because a number where text is meant has often lost its leading zero."""


class Site(_Value, frozen=True):
    """This node: whose it is, where its IRIs begin, which communes it speaks of.

    ``base`` ends with ``/``. ``contact``, a mailbox or a web address, stands in the
    User-Agent. ``territory`` lists INSEE codes; ``timezone`` is an IANA name. With
    ``share_alike``, sources under a share-alike licence (OpenStreetMap's ODbL) are merged into
    the canonical graph, which then takes on that licence; without it they are only linked.
    ``tiles`` is the address of a map's tiles, with ``{z}``, ``{x}`` and ``{y}``, and
    ``attribution`` whom their server asks to name; without them maps have no background.
    Of a wide source, what lies within ``border`` kilometres of a commune's centre is kept as
    well. ``geocoder`` is the search of a service that knows where addresses are; none is needed.
    """

    title: Text
    base: Annotated[str, AfterValidator(at.base)]
    contact: Annotated[str, AfterValidator(at.contact)]
    territory: Annotated[tuple[Insee, ...], BeforeValidator(rule.territory)]
    timezone: Annotated[str, AfterValidator(rule.timezone)] = "Europe/Paris"
    share_alike: bool = False
    tiles: Annotated[str, AfterValidator(at.tiles)] = ""
    attribution: str = ""
    border: Annotated[float, BeforeValidator(rule.border)] = 5.0
    geocoder: Annotated[str, AfterValidator(at.geocoder)] = ""


class Expect(_Value, frozen=True):
    """What the operator expects of a source; what it does not keep is told.

    ``min_records`` and ``max_records`` bound how many entries it gives; the latest date that
    they tell of themselves is not older than ``fresh``.
    """

    min_records: Count | None = None
    max_records: Count | None = None
    fresh: Annotated[timedelta, BeforeValidator(reading.age)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.min_records, self.max_records
        if low is not None and high is not None and low > high:
            raise WrongValueError(
                say("“min_records” is more than “max_records”"),
                say("exchange them, or leave one out"),
            )
        return self


class Notify(_Value, frozen=True):
    """Who is told when the state of a source changes: a web address, mailboxes, or both.

    ``smtp_host`` sends the mail, with ``smtp_tls``: ``starttls`` (usual on port 587), ``tls``
    (usual on 465) or ``none``. The password of ``smtp_user`` is in the environment
    (``ENBAUGES_SMTP_PASSWORD``) or alone in ``smtp_password_file``, never in this file.
    """

    webhook: Annotated[str, AfterValidator(at.web_address)] | None = None
    mail_to: Annotated[tuple[Mailbox, ...], BeforeValidator(at.mailboxes)] = ()
    mail_from: Mailbox | None = None
    smtp_host: Annotated[str, AfterValidator(at.host)] | None = None
    smtp_port: Annotated[int, BeforeValidator(at.port)] = 587
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: Text | None = None
    smtp_password_file: Annotated[Path, BeforeValidator(at.secret_file)] | None = None

    @model_validator(mode="after")
    def _deliverable(self) -> Self:
        if self.mail_to and not (self.mail_from and self.smtp_host):
            raise WrongValueError(
                say("“mail_to” needs to know who sends, and through which server"),
                say('add mail_from = "agenda@example.org" and smtp_host = "mail.example.org"'),
            )
        if not self.mail_to and not self.webhook:
            raise WrongValueError(
                say("[notify] names nobody to tell"),
                say('add webhook = "https://…" or mail_to = "agenda@example.org"'),
            )
        if self.smtp_user and self.smtp_tls == "none" and self.smtp_host not in LOOPBACK:
            raise WrongValueError(
                say("the password of “smtp_user” would travel readable by anyone on the way"),
                say('write smtp_tls = "starttls" or smtp_tls = "tls"'),
            )
        return self


class Source(_Value, frozen=True):
    """A block of ``sources.toml``: one address, and how to read what it gives.

    ``scope`` is ``local`` when everything in the source belongs to the territory, ``wide``
    when it must be filtered. ``contacts`` says whether telephone numbers and addresses
    inside texts are masked (design, rule 14). ``removals`` is what it means that something is
    no longer given (``harvester.decide.Policy``), None for what its kind says. ``every`` is
    the time between two visits, unless ``cron`` names their hours (five fields as in crontab(5),
    in the node's time zone). ``mapping`` is an absolute path, or relative to the working
    directory. ``robots`` is ``strict`` when rules for every robot bind as well as those for our
    name (design, rule 13). ``pages`` is how many pages of a long answer are read at most;
    saying it has the links of a feed followed too; for ``html`` it may be the list of the pages
    itself, or ``sitemap`` the address of one, and ``only`` what its addresses must contain.
    ``classes`` or ``query``, ``graph`` and ``page_size`` say what a peer is asked for
    (``harvester.peers``). ``iterator`` and the three after it override what a reader detects
    (``harvester.records.ReadOptions``); ``expect`` is what the source is expected to keep.
    """

    id: Annotated[str, AfterValidator(rule.slug)]
    kind: Annotated[str, AfterValidator(rule.kind)]
    url: Annotated[str, AfterValidator(at.address)]
    title: Text
    publisher: Text
    licence: Annotated[str, AfterValidator(rule.licence)] | None = None
    every: Annotated[timedelta, BeforeValidator(reading.every)] = timedelta(hours=6)
    cron: Annotated[str, AfterValidator(reading.cron)] = ""
    mapping: Annotated[Path | ShortForm, BeforeValidator(reading.mapping)] | None = None
    commune: Insee | None = None
    place: Text | None = None
    scope: Literal["local", "wide"] = "local"
    removals: Literal["guarded", "sliding", "authoritative"] | None = None
    enabled: bool = True
    allow_private: bool = False
    contacts: Literal["mask", "publish"] = "mask"
    robots: Literal["named", "strict"] = "named"
    pages: Annotated[int | tuple[str, ...], BeforeValidator(reading.pages)] | None = None
    sitemap: Annotated[str, AfterValidator(at.web_address)] = ""
    only: Annotated[tuple[str, ...], BeforeValidator(reach.only)] = ()
    classes: Annotated[tuple[str, ...], BeforeValidator(reach.classes)] = CLASSES
    query: Annotated[str, AfterValidator(reach.query)] = ""
    graph: Annotated[str, AfterValidator(reach.graph)] = ""
    page_size: Annotated[int, BeforeValidator(reach.page_size)] | None = None
    iterator: str = ""
    key: str = ""
    delimiter: Annotated[str, AfterValidator(reading.delimiter)] = ""
    encoding: Annotated[str, AfterValidator(reading.encoding)] = ""
    expect: Expect | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        for key in sorted(self.model_fields_set & _OF_KINDS.keys()):
            kinds = _OF_KINDS[key]
            if self.kind not in kinds:
                raise WrongValueError(
                    say("“{key}” means nothing for the kind {kind}", key=key, kind=self.kind),
                    say("leave it out: it is for {kinds}", kinds=", ".join(kinds)),
                    (key,),
                )
        if self.query and "classes" in self.model_fields_set:
            raise WrongValueError(
                say("“query” and “classes” both say which things are asked for"),
                say("keep one of the two"),
                ("classes",),
            )
        if self.sitemap and isinstance(self.pages, tuple):
            raise WrongValueError(
                say("“sitemap” and a list of “pages” both say which pages are read"),
                say("keep one of the two"),
                ("sitemap",),
            )
        if self.only and not self.sitemap:
            raise WrongValueError(
                say("“only” chooses among the addresses of a sitemap, and there is none"),
                say('add sitemap = "https://example.org/sitemap.xml", or leave it out'),
                ("only",),
            )
        if isinstance(self.pages, tuple) and self.kind != "html":
            raise WrongValueError(
                say("“pages” lists addresses, which only the kind html reads"),
                say("write how many pages may be read: pages = 50"),
                ("pages",),
            )
        return self

    @property
    def selection(self) -> Selection:
        """Which things a peer is asked for."""
        return Selection(self.classes, self.query, self.graph)

    @property
    def most_pages(self) -> int | None:
        """How many pages are read at most; None where the source does not say."""
        return None if isinstance(self.pages, tuple) else self.pages

    @property
    def listed(self) -> tuple[str, ...]:
        """The addresses of its pages, where the source lists them."""
        return self.pages if isinstance(self.pages, tuple) else ()

    @property
    def licence_iri(self) -> str | None:
        """The IRI of the licence; None without one and for a private agreement."""
        if self.licence in {None, AGREEMENT}:
            return None
        return LICENCES.get(self.licence, self.licence)

    @property
    def share_alike(self) -> bool:
        """Whether what is merged from it takes on its licence (ODbL, CC BY-SA)."""
        return self.licence_iri in SHARE_ALIKE

    @property
    def agreed(self) -> bool:
        """Whether the publisher agreed in writing, for want of a public licence."""
        return self.licence == AGREEMENT

    @property
    def texts_allowed(self) -> bool:
        """Whether texts and images may be published, and the source stand in dumps."""
        return self.licence is not None
