"""Serving: the address, and a stop that leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from web import ListenError
from web.server import listen

SERVE = (
    "import sys, pathlib, web;"
    "web.serve(pathlib.Path(sys.argv[1]), port=0, title='Essai',"
    " announce=lambda address: print(address, flush=True));"
    "print('stopped')"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_and_its_workers(
    number: signal.Signals, tmp_path: Path, publish: Callable[[Path], Path]
) -> None:
    root = publish(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with httpx.Client(base_url=address) as client:
            while client.get("/readyz").status_code != 200:
                time.sleep(0.02)
        workers = _children(process.pid)
        assert len(workers) == 4
        started = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "stopped\n", "")
    assert time.monotonic() - started < 5
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a process")
    return [int(child) for child in listed.read_text().split()]


def test_a_port_in_use_is_told_with_another_one() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"port {port} .* taken.*--port {port + 1}"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ListenError, match=r"192\.0\.2\.1 is not an address of this machine"):
        listen("192.0.2.1", 0)


def test_a_port_that_is_none_is_told() -> None:
    with pytest.raises(ListenError, match="choose one from 1 to 65535"):
        listen("127.0.0.1", 70_000)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may listen anywhere")
def test_a_reserved_port_is_told() -> None:
    with pytest.raises(ListenError, match="above 1023"):
        listen("127.0.0.1", 1)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_ipv6_is_listened_on() -> None:
    with listen("::1", 0) as listening:
        assert listening.family == socket.AF_INET6
