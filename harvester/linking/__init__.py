"""Which records are the same thing, and the canonical entity they describe."""
