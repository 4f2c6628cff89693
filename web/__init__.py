"""The HTTP application: pages, linked-data documents, feeds, and the SPARQL endpoint."""
