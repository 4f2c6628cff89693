"""Which language to speak to whoever asks over HTTP."""

from __future__ import annotations

from sparql.formats import accepted
from vocab.messages import LANGUAGES


def preferred(header: str, chosen: str = "") -> str:
    """The language ``chosen`` in the address, else the best of an Accept-Language header.

    French when neither says anything we speak: it is the language of the territory.
    """
    if chosen in LANGUAGES:
        return chosen
    known = [
        (weight, -place, tag.partition("-")[0])
        for place, (tag, weight) in enumerate(accepted(header))
        if tag.partition("-")[0] in LANGUAGES and weight > 0
    ]
    return max(known)[2] if known else LANGUAGES[0]
