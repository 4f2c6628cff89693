"""From an address that someone pasted to a block of ``sources.toml``.

``detection`` tells the kind of an answer, ``leads`` where a page points to, ``search`` asks and
follows, ``proposal`` makes a source of what was found, ``writing`` puts it into the file.
"""
