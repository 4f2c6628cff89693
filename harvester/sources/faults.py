"""Sentences for what pydantic, or a section's name, tells us is wrong in ``sources.toml``.

Nothing of pydantic's own wording reaches a person. Only the types of error that the models
of ``values`` can raise are known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from pydantic_core import ErrorDetails

from harvester.sources.problems import closest, toml
from vocab.messages import Message, say

_EXAMPLES = MappingProxyType(
    {
        "base": 'base = "https://agenda.example.org/"',
        "contact": 'contact = "agenda@example.org"',
        "territory": 'territory = ["73081", "74004"]',
        "id": 'id = "agenda-lescheraines"',
        "kind": 'kind = "ics"',
        "url": 'url = "https://example.org/agenda.ics"',
        "title": 'title = "Agenda de Lescheraines"',
        "publisher": 'publisher = "Mairie de Lescheraines"',
    }
)
_CHOICES = MappingProxyType(
    {
        "scope": say('write "local" to keep everything, "wide" to keep what is in the territory'),
        "contacts": say('write "mask" to hide numbers and addresses in texts, or "publish"'),
        "removals": say(
            'write "guarded" to have removals confirmed, "sliding" to keep what is merely old, '
            '"authoritative" to believe the source at once'
        ),
        "robots": say(
            'write "named" to obey rules of robots.txt for our name, "strict" for all rules'
        ),
    }
)
_SYNONYMS = MappingProxyType(
    {
        "name": "title",
        "nom": "title",
        "type": "kind",
        "genre": "kind",
        "adresse": "url",
        "address": "url",
        "lien": "url",
        "interval": "every",
        "frequency": "every",
        "insee": "commune",
        "editeur": "publisher",
        "email": "contact",
    }
)


def unknown_section(
    name: str, content: object, sections: Mapping[str, str]
) -> tuple[Message, Message]:
    """What to say of a name at the top of the file that is not one of ``sections``."""
    blocks = content if isinstance(content, list) else [content]
    if not all(isinstance(block, dict) for block in blocks):
        message = say("“{key}” stands outside any section", key=toml(name)[1:-1])
        return message, say("move the line below [site], [defaults] or [[source]]")
    message = say("there is no section “{name}”", name=toml(name)[1:-1])
    if guess := closest(name, sections):
        return message, say("did you mean {guess}?", guess=sections[guess])
    return message, say("write one of: {known}", known=", ".join(sections.values()))


def _guess(key: str, fields: Collection[str]) -> str | None:
    synonym = _SYNONYMS.get(key.casefold())
    return synonym if synonym in fields else closest(key, fields)


def meant(faults: Iterable[ErrorDetails], fields: Collection[str]) -> frozenset[str]:
    """The keys that mistyped ones stand for."""
    unknown = (
        str(fault["loc"][-1])
        for fault in faults
        if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1
    )
    return frozenset(guess for key in unknown if (guess := _guess(key, fields)))


def explain(fault: ErrorDetails, fields: Collection[str]) -> tuple[Message, Message]:
    """What a pydantic error means to the person who wrote the file, and what to do."""
    names = [name for name in fault["loc"] if isinstance(name, str)]
    key, value = toml(names[-1] if names else "")[1:-1], fault["input"]
    match fault["type"]:
        case "value_error":
            wrong = fault["ctx"]["error"]
            found = wrong.message, wrong.remedy
        case "missing":
            example = say("add a line like {example}", example=_EXAMPLES[key])
            found = say("“{key}” is missing", key=key), example
        case "extra_forbidden":
            found = _unknown_key(key, fields)
        case "bool_type":
            found = (
                say("“{key}” is neither true nor false: {value}", key=key, value=toml(value)),
                say("write {key} = true or {key} = false, without quotes", key=key),
            )
        case "model_type" | "dict_type":
            found = (
                say("“{key}” is not a group of keys: {value}", key=key, value=toml(value)),
                say("write {key} = {{ {first} = … }}", key=key, first=next(iter(fields))),
            )
        case "tuple_type":
            found = (
                say("“{key}” is not a list: {value}", key=key, value=toml(value)),
                say('write {key} = ["…", "…"]', key=key),
            )
        case "literal_error":
            found = (
                say("“{key}” cannot be {value}", key=key, value=toml(value)),
                _CHOICES.get(key) or say("write one of: {known}", known=_choices(fault)),
            )
        case _:  # string_type: the other rules are ours
            found = _not_text(key, value)
    return found


def _choices(fault: ErrorDetails) -> str:
    """The values that a field knows, as they are written in TOML."""
    return str(fault["ctx"]["expected"]).replace(" or ", ", ").replace("'", '"')


def _unknown_key(key: str, fields: Collection[str]) -> tuple[Message, Message]:
    if "smtp_user" in fields and ("pass" in key or "mdp" in key):
        return say("“{key}”: a password does not stand in this file", key=key), say(
            "give it in the environment, as ENBAUGES_SMTP_PASSWORD, or write smtp_password_file "
            "= and the path of a file that holds nothing else"
        )
    message = say("unknown key “{key}”", key=key)
    if guess := _guess(key, fields):
        return message, say("did you mean “{guess}”?", guess=guess)
    return message, say("write one of: {known}", known=", ".join(fields))


def _not_text(key: str, value: object) -> tuple[Message, Message]:
    message = say("“{key}” is not text: {value}", key=key, value=toml(value))
    if isinstance(value, list | dict):
        return message, say('write one text between quotes: {key} = "…"', key=key)
    return message, say('put it between quotes: {key} = "{value}"', key=key, value=toml(value))
