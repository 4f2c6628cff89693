"""Which records are the same thing, and the canonical entity they describe.

For now one canonical entity per record. Joining records will come through the same door:
a link from the record to another record's entity, in ``graph/links``, is all it takes.
"""
