"""The guarded client against loopback servers, good and bad."""

import gzip
import hashlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harvester.fetch import Client, Fetched, FetchError, Limits, Validators, user_agent
from tests.answering import BODY, Handler, Reply, Server, saying, serving

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def client() -> Iterator[Client]:
    with Client("EnBauges/test", Limits(read=5, total=5), clock=lambda: NOW) as made:
        yield made


def fetch(client: Client, url: str, validators: Validators | None = None) -> Fetched:
    return client.fetch(url, validators=validators, allow_private=True, robots="none")


def failure(client: Client, url: str) -> FetchError:
    """What goes wrong with ``url``, whose sentence always names it and a remedy."""
    with pytest.raises(FetchError) as caught:
        fetch(client, url)
    assert url in str(caught.value)
    assert " — " in str(caught.value)
    return caught.value


def test_an_answer_carries_its_bytes_type_address_and_time(client: Client) -> None:
    kind = 'text/calendar; method=PUBLISH; charset="UTF-8"'
    with serving(lambda it: it.answer(Content_Type=kind)) as server:
        got = fetch(client, server.url)
    assert got.contents is not None
    assert (got.contents[0].body, got.contents[0].media_type) == (BODY, "text/calendar")
    assert (got.contents[0].charset, got.contents[0].url) == ("utf-8", server.url)
    assert (got.url, got.at, got.status, got.unchanged) == (server.url, NOW, 200, False)


def test_an_answer_without_type_or_length_is_read_to_its_end(client: Client) -> None:
    with saying(b"HTTP/1.0 200 OK\r\n\r\n", BODY) as url:
        content = fetch(client, url).contents
    assert content is not None
    assert (content[0].body, content[0].media_type, content[0].charset) == (BODY, "", "")


def test_we_say_who_we_are_and_whom_to_write_to(client: Client) -> None:
    with serving(Handler.answer) as server:
        fetch(client, server.url)
    assert server.seen[0][2]["User-Agent"] == "EnBauges/test"
    agent = user_agent("0.1.0", "https://node.example/", "https://enbauges.example/à-propos")
    told = "(+https://node.example/moissonneur; https://enbauges.example/-propos)"
    assert agent == f"EnBauges/0.1.0 {told}"


@pytest.mark.parametrize(
    ("header", "value", "condition"),
    [
        ("ETag", '"abc"', "If-None-Match"),
        ("Last-Modified", "Fri, 01 May 2026 06:00:00 GMT", "If-Modified-Since"),
    ],
)
def test_a_second_fetch_is_conditional_and_304_means_unchanged(
    client: Client, header: str, value: str, condition: str
) -> None:
    def reply(it: Handler) -> None:
        if it.headers[condition] == value:
            it.answer(304, b"")
        else:
            it.answer(200, BODY, **{header: value})

    with serving(reply) as server:
        first = fetch(client, server.url)
        second = fetch(client, server.url, first.validators)
    assert (second.status, second.contents, second.unchanged) == (304, None, True)
    assert second.validators == first.validators


def test_a_304_may_renew_the_validators(client: Client) -> None:
    with serving(lambda it: it.answer(304, b"", ETag='"new"')) as server:
        got = fetch(client, server.url, Validators(etag='"old"', content_hash="cafe"))
    assert got.validators == Validators(etag='"new"', content_hash="cafe")


@pytest.mark.parametrize("validators", [None, Validators(), Validators(content_hash="cafe")])
def test_a_304_that_nobody_asked_for_is_an_error(
    client: Client, validators: Validators | None
) -> None:
    """Otherwise a first visit would find that nothing changed, for ever."""
    with (
        serving(lambda it: it.answer(304, b"")) as server,
        pytest.raises(FetchError, match=r"\(304\)"),
    ):
        fetch(client, server.url, validators)


def test_a_server_without_validators_is_unchanged_by_the_hash_of_its_content(
    client: Client,
) -> None:
    with serving(Handler.answer) as server:
        first = fetch(client, server.url)
        second = fetch(client, server.url, first.validators)
    assert first.validators == Validators(content_hash=hashlib.sha256(BODY).hexdigest())
    assert (second.status, second.contents) == (200, None)


def test_a_changed_content_is_given_with_its_new_hash(client: Client) -> None:
    with serving(Handler.answer) as server:
        got = fetch(client, server.url, Validators(content_hash="of something else"))
    assert got.contents is not None
    assert got.validators.content_hash == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize("members", [1, 2])
def test_a_compressed_answer_is_decoded(client: Client, members: int) -> None:
    body = gzip.compress(BODY) * members
    with serving(lambda it: it.answer(body=body, Content_Encoding="gzip")) as server:
        content = fetch(client, server.url).contents
        fetch(client, server.url)
    assert content is not None
    assert content[0].body == BODY * members
    assert server.seen[0][2]["Accept-Encoding"] == "gzip"
    assert len({port for port, _path, _headers in server.seen}) == 1


@pytest.mark.parametrize("missing", [1, 8, 20])
def test_a_compressed_answer_that_stops_short_is_broken(client: Client, missing: int) -> None:
    """Without a length, only the end of the gzip stream tells (RFC 1952, section 2.3.1)."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    with saying(head, gzip.compress(BODY)[:-missing]) as url:
        assert failure(client, url).code == "broken"


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_an_encoding_that_we_did_not_ask_for_is_refused(client: Client, encoding: str) -> None:
    with serving(lambda it: it.answer(Content_Encoding=encoding)) as server:
        error = failure(client, server.url)
    assert error.code == "encoding"
    assert encoding in str(error)


def test_bytes_that_are_not_the_gzip_they_claim_are_broken(client: Client) -> None:
    with serving(lambda it: it.answer(Content_Encoding="gzip")) as server:
        assert failure(client, server.url).code == "broken"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_more_decoded_bytes_than_the_limit_are_refused(encoding: str) -> None:
    bomb = bytes(2_000_000)
    body = gzip.compress(bomb) if encoding == "gzip" else bomb
    reading = Client("EnBauges/test", Limits(max_bytes=1_000_000))
    with serving(lambda it: it.answer(body=body, Content_Encoding=encoding)) as server, reading:
        error = failure(reading, server.url)
    assert error.code == "too-large"
    assert "1000000" in str(error)


def test_a_gzip_bomb_stays_small_in_memory() -> None:
    import tracemalloc  # noqa: PLC0415  # it slows down what runs while it is loaded

    bomb = gzip.compress(bytes(100_000_000), compresslevel=9)
    reading = Client("EnBauges/test", Limits(max_bytes=1_000_000))
    with serving(lambda it: it.answer(body=bomb, Content_Encoding="gzip")) as server, reading:
        tracemalloc.start()
        try:
            failure(reading, server.url)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("status", [202, 204, 400, 401, 403, 404, 410, 429, 500, 503])
def test_any_other_status_is_an_error_that_names_it(client: Client, status: int) -> None:
    with serving(lambda it: it.answer(status, b"")) as server:
        error = failure(client, server.url)
    assert (error.code, error.status) == (f"http-{status}", status)
    assert f"({status})" in str(error)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        ("Fri, 01 May 2026 09:00:00 GMT", NOW + timedelta(hours=1)),
        ("Friday, 01-May-26 09:00:00 GMT", NOW + timedelta(hours=1)),
        ("Fri May  1 09:00:00 2026", NOW + timedelta(hours=1)),
        ("-5", None),
        ("soon", None),
        ("9" * 30, None),
    ],
)
def test_a_server_may_ask_to_be_left_alone_for_a_while(
    client: Client, value: str, expected: datetime | None
) -> None:
    with serving(lambda it: it.answer(503, b"", Retry_After=value)) as server:
        assert failure(client, server.url).not_before == expected


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([HEAD] + [b"x"] * 1000, id="body"),
        pytest.param([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 1000, id="headers"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000, id="interim answers"),
        pytest.param(
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 99],
            id="chunks",
        ),
    ],
)
def test_a_server_that_sends_drop_by_drop_is_cut_at_the_deadline(pieces: list[bytes]) -> None:
    began = time.monotonic()
    with (
        Client("EnBauges/test", Limits(read=5, total=0.3)) as client,
        saying(*pieces, pause=0.02) as url,
    ):
        error = failure(client, url)
        assert time.monotonic() - began < 1
    assert error.code == "timeout"
    assert "0.3 s" in str(error)


def test_a_server_that_says_nothing_is_cut_by_the_time_between_two_packets() -> None:
    with (
        Client("EnBauges/test", Limits(read=0.1)) as client,
        saying(b"HTTP/1.1 200 OK\r\n", pause=0.4) as url,
    ):
        error = failure(client, url)
    assert error.code == "timeout"


def test_a_connection_that_nobody_accepts_is_a_timeout() -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full,
        closing(socket.create_connection(full.getsockname())),
        closing(socket.socket()) as second,
        Client("EnBauges/test", Limits(connect=0.2)) as client,
    ):
        second.settimeout(0)
        second.connect_ex(full.getsockname())
        error = failure(client, f"http://127.0.0.1:{full.getsockname()[1]}/")
    assert error.code == "timeout"


def test_a_body_that_stops_short_is_broken(client: Client) -> None:
    with saying(HEAD, b"half") as url:
        assert failure(client, url).code == "broken"


@pytest.mark.parametrize("words", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_an_answer_that_is_not_http_is_broken(client: Client, words: bytes) -> None:
    with saying(words) as url:
        assert failure(client, url).code == "broken"


def test_a_closed_port_is_told_as_refused(client: Client) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    assert failure(client, f"http://127.0.0.1:{port}/").code == "refused"


def test_connections_are_kept_for_the_next_fetch(client: Client) -> None:
    def conditional(it: Handler) -> None:
        if it.headers["If-None-Match"]:
            it.answer(304, b"")
        else:
            it.answer()

    validators = Validators(etag='"a"')
    with serving(conditional) as server:
        fetch(client, server.url)
        fetch(client, server.url, validators)
        fetch(client, server.url, validators)
    assert len({port for port, _path, _headers in server.seen}) == 1


def test_cookies_are_not_kept(client: Client) -> None:
    with serving(lambda it: it.answer(Set_Cookie="visitor=1")) as server:
        fetch(client, server.url)
        fetch(client, server.url)
    assert not any("Cookie" in headers for _port, _path, headers in server.seen)


def test_the_environment_cannot_name_a_proxy(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving(Handler.answer) as server:
        assert fetch(client, server.url).status == 200


def test_threads_may_share_a_client(client: Client) -> None:
    with serving(lambda it: it.answer(body=it.path.encode())) as server:
        urls = [f"{server.url}?{number}" for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda url: fetch(client, url), urls))
    bodies = [answer.contents[0].body.decode() for answer in answers if answer.contents]
    assert bodies == [f"/agenda.ics?{number}" for number in range(40)]


def redirecting(status: int, to: str) -> Reply:
    def reply(it: Handler) -> None:
        if it.path == "/here":
            it.answer()
        else:
            it.answer(status, b"moved", Location=to)

    return reply


@pytest.mark.parametrize(
    ("status", "moved"), [(301, True), (302, False), (303, False), (307, False), (308, True)]
)
def test_a_redirect_is_followed_and_a_permanent_one_reported(
    client: Client, status: int, *, moved: bool
) -> None:
    with serving(redirecting(status, "/here")) as server:
        got = fetch(client, server.url)
    here = server.url.replace("/agenda.ics", "/here")
    assert (got.url, got.moved) == (here, here if moved else "")
    assert [issue.code for issue in got.notices] == ["moved"] * moved
    assert got.contents is not None
    assert got.contents[0].url == here


def test_what_follows_a_temporary_redirect_is_not_a_new_address(client: Client) -> None:
    def reply(it: Handler) -> None:
        match it.path:
            case "/agenda.ics":
                it.answer(301, b"", Location="/new")
            case "/new":
                it.answer(302, b"", Location="/today")
            case "/today":
                it.answer(301, b"", Location="/here")
            case _:
                it.answer()

    with serving(reply) as server:
        got = fetch(client, server.url)
    assert got.url.endswith("/here")
    assert got.moved.endswith("/new")


def test_a_redirect_may_be_written_in_utf_8(client: Client) -> None:
    to = "/l'été".encode().decode("latin-1")
    with serving(
        lambda it: it.answer() if it.path != "/agenda.ics" else it.answer(302, b"", Location=to)
    ) as server:
        fetch(client, server.url)
    assert server.seen[-1][1] == "/l'%C3%A9t%C3%A9"


def test_a_redirect_may_be_written_in_latin_1_as_old_sites_do(client: Client) -> None:
    def reply(it: Handler) -> None:
        if "%E9" in it.path:
            it.answer()
        else:
            it.answer(302, b"", Location="/l'été?a=1%202")

    with serving(reply) as server:
        fetch(client, server.url)
    assert server.seen[-1][1] == "/l'%E9t%E9?a=1%202"


def test_a_chunk_of_a_negative_size_is_a_broken_answer_and_no_bad_address(client: Client) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with saying(head, b"-5\r\nBEGIN\r\n0\r\n\r\n") as url:
        assert failure(client, url).code == "broken"


def test_a_loop_of_redirects_ends(client: Client) -> None:
    with serving(redirecting(302, "/again")) as server:
        error = failure(client, server.url)
    assert error.code == "redirects"
    assert len(server.seen) == 6
    assert str(error).count("/again") == 2


@pytest.mark.parametrize("to", ["ftp://example.org/a", "file:///etc/passwd", "http://[::", ""])
def test_a_redirect_to_what_is_not_the_web_is_refused(client: Client, to: str) -> None:
    with serving(redirecting(302, to)) as server:
        assert failure(client, server.url).code in {"bad-address", "redirects"}


def test_a_private_source_may_not_redirect_to_another_private_server(client: Client) -> None:
    with serving(Handler.answer) as inside:
        with serving(redirecting(302, inside.url)) as server:
            error = failure(client, server.url)
        assert inside.seen == []
    assert error.code == "forbidden-address"
    assert f"{server.url} → {inside.url}" in str(error)


@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}\\@localhost:{own}/", "//127.0.0.1:{port}"])
def test_a_private_source_may_not_spell_another_private_server_as_itself(
    client: Client, to: str
) -> None:
    with serving(Handler.answer) as inside:

        def reply(it: Handler) -> None:
            own = it.server.server_port
            it.answer(302, b"", Location=to.format(port=inside.server_port, own=own))

        with serving(reply) as server:
            error = failure(client, server.url.replace("127.0.0.1", "localhost"))
        assert inside.seen == []
    assert error.code == "forbidden-address"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, signed by itself, and its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl command to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(
        [*command.split(), "-keyout", path.with_suffix(".key"), "-out", path],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + path.with_suffix(".key").read_bytes())
    return path


@contextmanager
def serving_tls(certificate: Path, reply: Reply = Handler.answer) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(reply) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        yield server


def https(server: Server, host: str = "localhost") -> str:
    return f"https://{host}:{server.server_port}/agenda.ics"


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client trusts the authority that signed the certificate."""
    monkeypatch.setattr("harvester.fetch.guard.certifi.where", lambda: str(certificate))


def test_a_certificate_of_an_unknown_authority_is_refused(
    client: Client, certificate: Path
) -> None:
    with serving_tls(certificate) as server:
        error = failure(client, https(server))
    assert error.code == "tls"
    assert "self-signed" in str(error)


@pytest.mark.usefixtures("trusting")
def test_a_good_certificate_is_accepted(client: Client, certificate: Path) -> None:
    with serving_tls(certificate) as server:
        assert fetch(client, https(server)).status == 200


@pytest.mark.usefixtures("trusting")
def test_a_certificate_for_another_name_is_refused(client: Client, certificate: Path) -> None:
    with serving_tls(certificate) as server:
        error = failure(client, https(server, "127.0.0.1"))
    assert error.code == "tls"
    assert "is that of another name" in str(error)


@pytest.mark.usefixtures("trusting")
def test_a_redirect_from_https_down_to_http_is_refused(client: Client, certificate: Path) -> None:
    with serving_tls(certificate, redirecting(302, "http://example.org/")) as server:
        error = failure(client, https(server))
    assert error.code == "redirects"
    assert "http://example.org/" in str(error)


def test_https_towards_a_server_that_speaks_http_is_told_as_tls(client: Client) -> None:
    with serving(Handler.answer) as server:
        assert failure(client, https(server)).code == "tls"


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_validator_that_cannot_be_sent_back_is_not_kept(client: Client, header: str) -> None:
    with serving(lambda it: it.answer(200, BODY, **{header: "\x0b yesterday"})) as server:
        first = fetch(client, server.url)
        assert not first.validators.conditional
        assert fetch(client, server.url, first.validators).unchanged
