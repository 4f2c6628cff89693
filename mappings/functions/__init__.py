"""The functions that mappings may call, by IRI."""

from __future__ import annotations

import vocab.words
from mappings.functions import content, dates, general, words
from mappings.functions.registry import EBF, Function, Lookup, Parameter, Registry

__all__ = ["EBF", "Function", "Lookup", "Parameter", "Registry", "registry"]


def registry(lookup: Lookup = vocab.words.lookup) -> Registry:
    """Every function by IRI; those on words look into the concepts that ``lookup`` knows."""
    every = (
        *general.FUNCTIONS,
        *dates.FUNCTIONS,
        *content.FUNCTIONS,
        *words.functions(lookup, vocab.words.schemes),
    )
    return {function.iri: function for function in every}
