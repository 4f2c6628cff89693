"""The functions that mappings may call, by IRI."""

from __future__ import annotations

from functools import lru_cache

import vocab.words
from mappings.functions import content, coordinates, dates, general, grel, objects, places, words
from mappings.functions.registry import EBF, Function, Lookup, Parameter, Registry

__all__ = ["EBF", "Function", "Lookup", "Parameter", "Registry", "registry"]

_WORDS = 8192


def registry(lookup: Lookup = vocab.words.lookup) -> Registry:
    """Every function by IRI; those on words ask ``lookup``.

    Thousands of its answers are remembered: a source says the same few words again and again.
    """
    every = (
        *general.FUNCTIONS,
        *grel.FUNCTIONS,
        *dates.FUNCTIONS,
        *content.FUNCTIONS,
        *places.FUNCTIONS,
        *coordinates.FUNCTIONS,
        *objects.FUNCTIONS,
        *words.functions(lru_cache(_WORDS)(lookup), vocab.words.schemes),
    )
    return {function.iri: function for function in every}
