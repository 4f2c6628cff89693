"""What no graph may hold of people (design, rule 14)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MOBILE = re.compile(
    r"(?<![\d/.-])(?:(?:\+|00)33\s?(?:\(0\))?|0)[\s.-]?[67](?:[\s.-]?\d{2}){4}(?!\d)"
)


def leaks(lines: Collection[str]) -> Iterator[str]:
    """The statements with a mailbox or a mobile number that is no organisation's contact.

    Args:
        lines: all that is said of one record.
    """
    types = {line.split(" ")[0]: set() for line in lines}  # type: dict[str, set[str]]
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate.endswith("22-rdf-syntax-ns#type>"):
            types[subject].add(value.split("/")[-1].removesuffix("> ."))
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate == "<https://schema.org/email>":
            allowed = "Organization" in types[subject]
        elif predicate == "<https://schema.org/telephone>":
            allowed = not types[subject].isdisjoint({"Organization", "ns#ThirdPlace"})
        else:
            allowed = False
        text = value if not value.startswith("<") else ""
        told = MAILBOX.search(text) or MOBILE.search(text) or "<mailto:" in value
        if told and not allowed:
            yield line
