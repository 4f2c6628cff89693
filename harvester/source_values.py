"""Site and Source: the values of ``sources.toml``. Their rules are in ``source_rules``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator

from harvester import source_rules as rule
from harvester.source_rules import AGREEMENT, LICENCES, SHARE_ALIKE
from mappings.table import ShortForm

Text = Annotated[str, AfterValidator(rule.text)]
Insee = Annotated[str, BeforeValidator(rule.insee)]


class _Value(BaseModel, frozen=True, strict=True, extra="forbid"):
    """Strict, because a number where text is meant has often lost its leading zero."""


class Site(_Value, frozen=True):
    """This node: whose it is, where its IRIs begin, which communes it speaks of.

    ``base`` ends with ``/``. ``contact``, a mailbox or a web address, stands in the
    User-Agent. ``territory`` lists INSEE codes; ``timezone`` is an IANA name. With
    ``share_alike``, sources under a share-alike licence (OpenStreetMap's ODbL) are merged into
    the canonical graph, which then takes on that licence; without it they are only linked.
    """

    title: Text
    base: Annotated[str, AfterValidator(rule.base)]
    contact: Annotated[str, AfterValidator(rule.contact)]
    territory: Annotated[tuple[Insee, ...], BeforeValidator(rule.territory)]
    timezone: Annotated[str, AfterValidator(rule.timezone)] = "Europe/Paris"
    share_alike: bool = False


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
    saying it has the links of a feed followed too. The last four fields override what a reader
    detects (``harvester.records.ReadOptions``).
    """

    id: Annotated[str, AfterValidator(rule.slug)]
    kind: Annotated[str, AfterValidator(rule.kind)]
    url: Annotated[str, AfterValidator(rule.address)]
    title: Text
    publisher: Text
    licence: Annotated[str, AfterValidator(rule.licence)] | None = None
    every: Annotated[timedelta, BeforeValidator(rule.every)] = timedelta(hours=6)
    cron: Annotated[str, AfterValidator(rule.cron)] = ""
    mapping: Annotated[Path | ShortForm, BeforeValidator(rule.mapping)] | None = None
    commune: Insee | None = None
    place: Text | None = None
    scope: Literal["local", "wide"] = "local"
    removals: Literal["guarded", "sliding", "authoritative"] | None = None
    enabled: bool = True
    allow_private: bool = False
    contacts: Literal["mask", "publish"] = "mask"
    robots: Literal["named", "strict"] = "named"
    pages: Annotated[int, BeforeValidator(rule.pages)] | None = None
    iterator: str = ""
    key: str = ""
    delimiter: Annotated[str, AfterValidator(rule.delimiter)] = ""
    encoding: Annotated[str, AfterValidator(rule.encoding)] = ""

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
