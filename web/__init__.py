"""The HTTP application: pages, linked-data documents, feeds, and the SPARQL endpoint."""

from web.app import create
from web.server import ListenError, WebError, serve

__all__ = ["ListenError", "WebError", "create", "serve"]
