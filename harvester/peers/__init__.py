"""Peers: SPARQL endpoints, read page by page. Pure: what is asked, what is made of it."""
