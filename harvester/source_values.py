"""Site and Source: the values of ``sources.toml``. Their rules are in ``source_rules``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator

from harvester import source_rules as rule
from harvester.source_rules import AGREEMENT, LICENCES

Text = Annotated[str, AfterValidator(rule.text)]
Insee = Annotated[str, BeforeValidator(rule.insee)]


class _Value(BaseModel, frozen=True, strict=True, extra="forbid"):
    """Strict, because a number where text is meant has often lost its leading zero."""


class Site(_Value, frozen=True):
    """This node: whose it is, where its IRIs begin, which communes it speaks of.

    ``base`` ends with ``/``. ``contact``, a mailbox or a web address, stands in the
    User-Agent. ``territory`` lists INSEE codes; ``timezone`` is an IANA name.
    """

    title: Text
    base: Annotated[str, AfterValidator(rule.base)]
    contact: Annotated[str, AfterValidator(rule.contact)]
    territory: Annotated[tuple[Insee, ...], BeforeValidator(rule.territory)]
    timezone: Annotated[str, AfterValidator(rule.timezone)] = "Europe/Paris"


class Source(_Value, frozen=True):
    """A block of ``sources.toml``: one address, and how to read what it gives.

    ``scope`` is ``local`` when everything in the source belongs to the territory, ``wide``
    when it must be filtered. ``every`` is the time between two visits. ``mapping`` is an
    absolute path, or relative to the working directory. The last four fields override what
    a reader detects (``harvester.records.ReadOptions``).
    """

    id: Annotated[str, AfterValidator(rule.slug)]
    kind: Annotated[str, AfterValidator(rule.kind)]
    url: Annotated[str, AfterValidator(rule.address)]
    title: Text
    publisher: Text
    licence: Annotated[str, AfterValidator(rule.licence)] | None = None
    every: Annotated[timedelta, BeforeValidator(rule.every)] = timedelta(hours=6)
    mapping: Annotated[Path, BeforeValidator(rule.mapping)] | None = None
    commune: Insee | None = None
    place: Text | None = None
    scope: Literal["local", "wide"] = "local"
    enabled: bool = True
    allow_private: bool = False
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
    def texts_allowed(self) -> bool:
        """Whether texts and images may be published, and the source stand in dumps."""
        return self.licence is not None
