"""Where the harvester may connect, and how long an answer may take.

An address that an operator pasted, or that a server redirects to, must not make us talk to
our own network. requests-hardened resolves each host once, refuses the addresses that are
not public, and connects to the very address that it checked. This file adds what it leaves:
ranges it does not know, the private networks that a source may be allowed, and a deadline
that holds while a name is looked up, a handshake hangs, headers and body trickle in
(``flight``).
"""

from __future__ import annotations

import http.client
import http.cookiejar
import io
import logging
import socket
import ssl
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import certifi
from requests import ConnectionError as NoConnectionError
from requests import ConnectTimeout, PreparedRequest
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util import create_urllib3_context

from harvester.fetch import flight

_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "::1/128",
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",  # RFC 4193
    )
)
_METADATA = tuple(ip_network(text) for text in ("fd00:ec2::/32", "fd20:ce::/32"))
"""Where clouds answer with the secrets of the machine, though in the range of RFC 4193."""

# A refusal is told in a FetchError; without a handler it would go to stderr as well.
logging.getLogger("requests_hardened").addHandler(logging.NullHandler())


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``allow_private`` opens ``address``: loopback and home networks, nothing else."""
    return any(address in net for net in _PRIVATE) and not any(address in net for net in _METADATA)


def _overlooked(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` is no public one, though requests-hardened 1.3 lets it through."""
    return (
        not address.is_global
        or address.is_reserved
        or (isinstance(address, IPv6Address) and address.is_site_local)
    )


def session(
    user_agent: str, tls: Callable[[], ssl.SSLContext], *, allow_private: bool
) -> HTTPSession:
    """A requests session that goes where ``allow_private`` lets it, and keeps no cookie.

    The environment is not trusted: a proxy or a ``.netrc`` would go round the guard.
    """
    made = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=None,
            user_agent_override=user_agent,
        )
    )
    made.trust_env = False
    # Where a redirect points is read by ``fetch``; requests would refuse one that is not UTF-8.
    made.get_redirect_target = lambda _response: None
    made.cookies.set_policy(_NoCookies())
    for scheme in ("http", "https"):
        made.mount(f"{scheme}://", _Adapter(scheme, tls, allow_private=allow_private))
    return made


def tls_context() -> ssl.SSLContext:
    """A context that checks certificates; made once, as loading the authorities takes 24 ms."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(certifi.where())
    return context


class _NoCookies(http.cookiejar.DefaultCookiePolicy):
    """Nothing is kept from one source to the next."""

    def set_ok(self, cookie: http.cookiejar.Cookie, request: object) -> bool:  # noqa: ARG002
        return False


class _TimedReader(io.RawIOBase):
    """A socket's bytes until the deadline; a server that sends drop by drop is cut there.

    A socket's own time limit starts again with each byte.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock
        self._patience = sock.gettimeout() or 0.0
        self._flight = flight.current.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._flight.at_most(self._patience))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer whose status line, headers and body are all read within the deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        flight.current.get().hold(sock)
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


def _connected(connection: HTTPConnection) -> socket.socket:
    """A connection to the address that was checked, which can be cut while it is made.

    Raises:
        ConnectTimeoutError: when it takes too long.
        NewConnectionError: when it cannot be made.
    """
    host, port = connection.host, connection.port or 0
    under_way = flight.current.get()
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        for option in connection.socket_options or ():
            sock.setsockopt(*option)
        under_way.hold(sock)
        patience = float(connection.timeout or 0)
        sock.settimeout(under_way.at_most(patience))
        sock.connect((host, port))
        sock.settimeout(under_way.at_most(patience))  # a TLS handshake may follow
    except TimeoutError as error:
        sock.close()
        raise ConnectTimeoutError(connection, host) from error
    except OSError as error:
        sock.close()
        raise NewConnectionError(connection, str(error)) from error
    return sock


class _Connection(HTTPConnection):
    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _TlsConnection(HTTPSConnection):
    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(IPFilterAdapter):  # type: ignore[misc]  # the library has no types
    """requests-hardened's adapter, with the ranges it misses and the networks we may allow."""

    def __init__(
        self, scheme: str, tls: Callable[[], ssl.SSLContext], *, allow_private: bool
    ) -> None:
        self._tls = tls
        self._allow_private = allow_private
        super().__init__(is_https_proto=scheme == "https", allow_loopback=allow_private)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, *_args: object) -> None:
        """Nothing to add: the authorities are loaded in the one TLS context."""

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where to connect for ``request``: the address that was resolved and checked.

        Raises:
            InvalidIPAddress: when it is neither public nor allowed; its argument is the address.
            ConnectTimeout: when the resolver has not answered before the fetch must end.
        """
        look_up = super().build_connection_pool_key_attributes
        under_way = flight.current.get()
        try:
            host, pool = under_way.promptly(lambda: look_up(request, verify, cert))
        except TimeoutError as error:
            raise ConnectTimeout(request=request) from error
        except flight.StoppedError as error:
            raise NoConnectionError(request=request) from error
        except InvalidIPAddress as refusal:
            (address,) = refusal.args
            if not self._allowed(address):
                raise
            host, pool = self._pinned(request, address)
        else:
            address = ip_address(host["host"].strip("[]"))
            if _overlooked(address) and not self._allowed(address):
                raise InvalidIPAddress(address)
        under_way.reached = ip_address(host["host"].strip("[]"))
        if host["scheme"] == "https":
            pool["ssl_context"] = self._tls()
        return host, pool

    def _allowed(self, address: IPv4Address | IPv6Address) -> bool:
        return self._allow_private and is_private(address)

    def _pinned(
        self, request: PreparedRequest, address: IPv4Address | IPv6Address
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the parent class would have answered, had it accepted ``address``."""
        build = super(IPFilterAdapter, self).build_connection_pool_key_attributes
        host, pool = build(request, verify=True)
        if host["scheme"] == "https":
            pool["assert_hostname"] = pool["server_hostname"] = host["host"]
        host["host"] = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        return host, pool
