"""SPARQL 1.1 over a published generation, in worker processes that can be killed."""
