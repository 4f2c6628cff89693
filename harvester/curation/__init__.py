"""The editorial hand: what the people of a node hide, put first or correct, without re-entering.

Their decisions are in ``curation.toml``, beside ``sources.toml``: ``file`` reads and writes it,
``properties`` knows what may be corrected and how its values are written, ``values`` are the
decisions as values, ``edited`` what they make of an entity, ``desk`` what a command does.
"""
