"""The only room that opens the triple store; Changesets in, generations out."""
