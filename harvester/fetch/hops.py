"""Requests, one at a time to each host, and the hops of their redirects.

Every hop passes the same guard as the first address. What ``allow_private`` opens is the
registered host and port (and its https on the usual port), never what they redirect to: no
server can send us into a private network. A redirect from https down to http is refused, as it
would let anyone on the way write the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3.exceptions

from harvester.fetch import flight, guard
from harvester.fetch.answers import PORTS, body_of, next_hop, not_before, same_server, trail
from harvester.fetch.errors import (
    answered,
    bad_address,
    explain,
    secret_address,
    too_many_redirects,
)
from harvester.fetch.gate import ClosedError, CrowdedError, Gate, Manners
from harvester.fetch.refusals import crowded, stopped
from harvester.fetch.values import Answer, Limits

Permit = Callable[[Sequence[str], bool], None]
"""Asked before each hop with the chain that leads to it, and whether it may be private; raises
to refuse it."""

_GOOD = {requests.codes.ok, requests.codes.non_authoritative_info}
_TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for, and on which terms.

    ``most`` bytes are read; with ``cut`` the rest is left there, without it the answer is
    refused. ``may_be_unchanged`` says that the headers make the request conditional. ``body`` is
    posted, at every hop: what is posted is a question, which changes nothing where it is asked.
    """

    headers: Mapping[str, str]
    allow_private: bool
    most: int
    permit: Permit
    may_be_unchanged: bool = False
    cut: bool = False
    body: bytes | None = None


class Hops:
    """Sends requests within ``limits`` and ``manners``; threads may share one.

    ``delays`` are the pauses in seconds that hosts ask for, filled in by who reads robots.txt.
    """

    def __init__(
        self, user_agent: str, limits: Limits, manners: Manners, clock: Callable[[], datetime]
    ) -> None:
        tls = cache(guard.tls_context)
        self.delays: dict[str, float] = {}
        self._public = guard.session(user_agent, tls, allow_private=False)
        self._private = guard.session(user_agent, tls, allow_private=True)
        self._limits = limits
        self._manners = manners
        self._clock = clock
        self._gate = Gate()

    def close(self) -> None:
        """Close the connections that were kept."""
        self._public.close()
        self._private.close()

    def turn_away(self) -> None:
        """Let nobody wait for a turn any more."""
        self._gate.close()

    def place(self, url: str) -> SplitResult:
        r"""The parts of ``url`` as requests rewrites it, which is the one to judge.

        ``http://10.0.0.1\@example.org/`` names another host to ``urllib.parse`` until then.

        Raises:
            FetchError: when it is no address of the web, or holds a password.
        """
        try:
            return self._parts(self._prepare(url), url)
        except (requests.RequestException, ValueError) as error:
            raise bad_address(url) from error

    def is_same(self, first: str, other: str) -> bool:
        """Whether what a registered address ``first`` opens holds for ``other`` too.

        Raises:
            FetchError: when one of them is no address of the web.
        """
        return same_server(self.place(first), self.place(other))

    def get(self, url: str, ask: Ask) -> Answer:
        """What ``url`` answers with, after its redirects.

        Raises:
            FetchError: when the address cannot be read, or must not be.
        """
        hops = [url]
        moved, permanent = "", True
        while len(hops) <= self._limits.redirects + 1:
            with self._explained(hops), self._sent(hops, ask) as response:
                if not response.is_redirect:
                    return self._read(response, hops, ask, moved)
                permanent = permanent and response.is_permanent_redirect
                hops.append(next_hop(hops, response))
                moved = hops[-1] if permanent else moved
        raise too_many_redirects(trail(hops), self._limits.redirects)

    def post(self, url: str, body: bytes, media_type: str) -> None:
        """Send ``body`` to ``url``, an address of the operator's own, which may be private.

        A redirect is not followed: what was written for one receiver is not for another.

        Raises:
            FetchError: when it cannot be reached, or does not answer that it took it (2xx).
        """
        headers = {"Content-Type": media_type, "Accept": "*/*"}
        with self._explained([url]):
            request = self._private.prepare_request(
                requests.Request("POST", url, headers=headers, data=body)
            )
            self._parts(request, url)
            under_way = flight.current.get()
            timeout = tuple(map(under_way.at_most, (self._limits.connect, self._limits.read)))
            with self._private.send(request, stream=True, timeout=timeout) as response:
                if response.status_code not in _TAKEN:
                    raise answered(url, response.status_code)

    @contextmanager
    def _explained(self, hops: Sequence[str]) -> Iterator[None]:
        """Errors of libraries become ours; of a fetch that was stopped, nothing is believed."""
        under_way, first = flight.current.get(), len(hops)
        try:
            yield
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as failure:
            if under_way.stopped:
                raise stopped(trail(hops)) from failure
            spent = under_way.spent
            raise explain(trail(hops), failure, redirected=first > 1, seconds=spent) from failure
        except ValueError as error:  # urllib.parse
            raise bad_address(trail(hops)) from error
        if under_way.stopped:
            raise stopped(trail(hops))

    @contextmanager
    def _sent(self, hops: Sequence[str], ask: Ask) -> Iterator[requests.Response]:
        """The response to a request for the last of ``hops``, during our turn at its host."""
        request = self._prepare(hops[-1], ask.headers, ask.body)
        parts = self._parts(request, trail(hops))
        private = ask.allow_private and (len(hops) == 1 or self.is_same(hops[0], hops[-1]))
        ask.permit(hops, private)
        host = parts.hostname or ""
        with self.turn(host, trail(hops), lambda: self._pause(host)):
            under_way = flight.current.get()
            timeout = tuple(map(under_way.at_most, (self._limits.connect, self._limits.read)))
            session = self._private if private else self._public
            with session.send(request, stream=True, timeout=timeout) as response:
                yield response

    @contextmanager
    def turn(self, lane: str, url: str, pause: Callable[[], float]) -> Iterator[None]:
        """Our turn in the queue of a ``lane``; the next one comes after ``pause()`` seconds.

        Waiting does not count in what the fetch may take.

        Raises:
            FetchError: when it does not come in time, or the program is stopped.
        """
        under_way = flight.current.get()
        patience = self._manners.patience - under_way.waited
        try:
            under_way.excuse(self._gate.enter(lane, patience))
        except CrowdedError as error:
            raise crowded(url, lane, self._manners.patience) from error
        except ClosedError as error:
            raise stopped(url) from error
        under_way.reached = None
        try:
            yield
        finally:
            self._gate.leave(lane, pause())

    def _pause(self, host: str) -> float:
        """How long the host is left alone; not at all when no request could be made."""
        reached = flight.current.get().reached
        if reached is None:
            return 0.0
        private = guard.is_private(reached)
        return self._manners.pause(self.delays.get(host, 0.0), private=private)

    def _prepare(
        self, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> requests.PreparedRequest:
        method = "GET" if body is None else "POST"
        request: requests.PreparedRequest = self._public.prepare_request(
            requests.Request(method, url, headers=dict(headers or {}), data=body)
        )
        return request

    def _parts(self, request: requests.PreparedRequest, url: str) -> SplitResult:
        parts = urlsplit(request.url or "")
        if parts.scheme not in PORTS:
            raise bad_address(url)
        if parts.username is not None:
            raise secret_address(parts)
        return parts

    def _read(
        self, response: requests.Response, hops: Sequence[str], ask: Ask, moved: str
    ) -> Answer:
        status, url = response.status_code, trail(hops)
        if status == requests.codes.not_modified and ask.may_be_unchanged:
            response.raw.drain_conn()
            return Answer(hops[-1], url, status, response.headers, moved=moved)
        if status not in _GOOD:
            raise answered(url, status, not_before(response.headers, self._clock()))
        body = body_of(response, url, ask.most, cut=ask.cut)
        return Answer(hops[-1], url, status, response.headers, body, moved)
