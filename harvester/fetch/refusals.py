"""Why an address is not asked at all, or no longer, in words that an operator can act on."""

from __future__ import annotations

from harvester.fetch.errors import FetchError
from harvester.fetch.robots import NAME, Verdict
from harvester.records import Issue
from vocab.messages import Message, say


def stopped(url: str) -> FetchError:
    """The fetch was ended from outside, or not begun."""
    message = say("the reading of {url} was stopped — it will be read again", url=url)
    return FetchError("stopped", message)


def endless(url: str, seconds: float) -> FetchError:
    """The many requests for ``url`` took more than ``seconds`` together."""
    message = say(
        "{url} takes more than {seconds} s to read page by page — it was left as it was; ask for "
        "less, or write a smaller “page_size”",
        url=url,
        seconds=round(seconds),
    )
    return FetchError("endless", message)


def crowded(url: str, host: str, seconds: float) -> FetchError:
    """The turn of ``url`` at ``host`` did not come within ``seconds``."""
    message = say(
        "{url} waited for more than {seconds} s, as {host} answers one request at a time — it "
        "will be asked again; write a longer “every” in the sources of this server",
        url=url,
        host=host,
        seconds=round(seconds),
    )
    return FetchError("crowded", message)


def refused_by_robots(url: str, verdict: Verdict) -> FetchError:
    """The ``verdict`` of robots.txt keeps us from reading ``url``."""
    return FetchError("robots", _refusal(url, verdict))


def moved(url: str, to: str) -> Issue:
    """The server says that ``to`` has replaced ``url`` for good (301, 308)."""
    message = say(
        "{url} has moved for good: its server sends on to {to} — write that address in this "
        "source before the old one goes",
        url=url,
        to=to,
    )
    return Issue("moved", message, "notice")


def _refusal(url: str, verdict: Verdict) -> Message:
    values = {"url": url, "robots": verdict.robots, "status": verdict.status}
    if verdict.closed:
        return say(
            "{url} is not asked while {robots} cannot be given ({status}), since it may forbid "
            "it — it will be tried again; tell its publisher if it lasts",
            **values,
        )
    values |= {"line": verdict.line, "rule": verdict.rule, "agent": verdict.agent}
    if verdict.agent == NAME:
        return say(
            "{url} may not be read: line {line} of {robots} tells {agent} “{rule}” — ask its "
            "publisher to let us in, or write enabled = false",
            **values,
        )
    return say(
        "{url} may not be read: line {line} of {robots} tells every robot “{rule}” — ask its "
        'publisher to let {name} in, or take robots = "strict" out of this source',
        name=NAME,
        **values,
    )
