"""The only way to a foreign address: guarded, polite and within limits.

``client`` is what the rest of the harvester uses. ``hops`` and what it uses open connections;
nothing else does.
"""

from harvester.fetch.client import Client, user_agent
from harvester.fetch.errors import FetchError
from harvester.fetch.gate import Manners
from harvester.fetch.robots import Obedience
from harvester.fetch.values import Fetched, Limits, Validators

__all__ = [
    "Client",
    "FetchError",
    "Fetched",
    "Limits",
    "Manners",
    "Obedience",
    "Validators",
    "user_agent",
]
