"""What the guarded client refuses to connect to, however it is spelled."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from harvester.fetch import Client, FetchError

LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "127.255.255.254",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "LOCALHOST",
]
HOME = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "192.168.257", "[fd12:3456::1]"]
NEVER = [
    "0.0.0.0",  # noqa: S104  # an address to refuse
    "0",
    "100.64.0.1",
    "169.254.169.254",
    "0xA9FEA9FE",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::7f00:1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
]


NAMES = {"localhost": "127.0.0.1", "example.org": "93.184.215.14"}
resolve = socket.getaddrinfo


def look_up(host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
    """The system's resolver, which reads many spellings of numbers, without the network."""
    number = NAMES.get(host.lower(), host)
    return resolve(number, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that the guard lets through fails here, and not on the network."""

    def connect(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def client() -> Iterator[Client]:
    with Client("EnBauges/test") as made:
        yield made


def failure(client: Client, url: str, *, allow_private: bool = False) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.fetch(url, allow_private=allow_private)
    assert url in str(caught.value)
    assert " — " in str(caught.value)
    return caught.value


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", LOOPBACK + HOME + NEVER)
def test_an_address_that_is_not_public_is_refused(client: Client, scheme: str, host: str) -> None:
    assert failure(client, f"{scheme}://{host}/agenda.ics").code == "forbidden-address"


@pytest.mark.parametrize(
    "host", ["127.0.0.1.", "localhost.", "[::1.]", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1"]
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_a_spelling_that_is_no_address_goes_nowhere(
    client: Client, host: str, *, allow_private: bool
) -> None:
    error = failure(client, f"http://{host}/", allow_private=allow_private)
    assert error.code in {"bad-address", "dns", "forbidden-address"}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", LOOPBACK + HOME)
def test_the_operator_is_told_how_to_allow_a_server_of_their_own(
    client: Client, scheme: str, host: str
) -> None:
    url = f"{scheme}://{host}/agenda.ics"
    assert "allow_private = true" in str(failure(client, url))
    assert failure(client, url, allow_private=True).code == "refused"


@pytest.mark.parametrize("host", NEVER)
def test_what_is_no_home_network_is_refused_even_when_private_is_allowed(
    client: Client, host: str
) -> None:
    error = failure(client, f"http://{host}/", allow_private=True)
    assert error.code == "forbidden-address"
    assert "allow_private" not in str(error)


@pytest.mark.parametrize("host", ["93.184.215.14", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]"])
@pytest.mark.parametrize("allow_private", [False, True])
def test_a_public_address_is_let_through(client: Client, host: str, *, allow_private: bool) -> None:
    assert failure(client, f"http://{host}/", allow_private=allow_private).code == "refused"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1"]
)
def test_a_public_name_that_resolves_to_a_private_address_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def rebound(_host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    error = failure(client, "https://agenda.example.org/agenda.ics")
    assert error.code == "forbidden-address"
    assert address.removeprefix("::ffff:") in str(error)


def test_a_name_is_looked_up_once_so_that_it_cannot_change_after_the_check(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    reached: list[object] = []

    def rebound(host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
        address = "127.0.0.1" if host in asked else "93.184.215.14"
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(_socket: socket.socket, address: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    monkeypatch.setattr(socket.socket, "connect", connect)
    assert failure(client, "https://agenda.example.org/").code == "refused"
    assert asked.count("agenda.example.org") == 1
    assert reached == [("93.184.215.14", 443)]


def test_a_name_that_does_not_exist_is_told_as_such(client: Client) -> None:
    error = failure(client, "https://agneda.example.org/")
    assert error.code == "dns"
    assert "names a server that does not exist" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "agenda.ics",
        "/etc/passwd",
        "www.example.org/agenda.ics",
        "file:///etc/passwd",
        "ftp://example.org/agenda.ics",
        "webcal://example.org/agenda.ics",
        "sample:mairie",
        "http://",
        "http:///agenda.ics",
        "http://[::1",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://" + "a" * 300 + ".example/",
        "http://.example.org/",
        "http://*.example.org/",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(client: Client, url: str) -> None:
    assert failure(client, url).code == "bad-address"


@pytest.mark.parametrize("url", ["http://visitor@example.org/", "http://a:secret@example.org/"])
def test_an_address_with_a_password_is_refused_and_not_repeated(client: Client, url: str) -> None:
    with pytest.raises(FetchError) as caught:
        client.fetch(url)
    assert caught.value.code == "bad-address"
    assert "http://example.org/ is written with" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org@127.0.0.1/",
        "http://example.org%40127.0.0.1/",
        "http://example.org\\@127.0.0.1/",
        "http://127.0.0.1\\@example.org/",
        "http://127.0.0.1#@example.org/",
        "http://127.0.0.1?@example.org/",
        "http://127.0.0.1%2f@example.org/",
        "http://127.0.0.1\t.example.org/",
    ],
)
def test_an_address_that_two_parsers_read_differently_opens_no_door(
    client: Client, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    reached: list[tuple[str, int]] = []

    def connect(_socket: socket.socket, address: tuple[str, int]) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(FetchError):
        client.fetch(url)
    assert set(reached) <= {("93.184.215.14", 80)}
