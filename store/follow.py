"""The private feeds by which publishers follow how their source does: address, token, file.

Who knows the address may read the feed, so it holds a token that nobody can guess: an HMAC of
the source's id, keyed with a secret that never leaves the node. Nothing has to be kept for a
source, and a new secret makes all the addresses of before void.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Collection
from pathlib import Path

from store.errors import told
from store.files import whole

_LENGTH = 32  # bytes of the secret
_TOKEN = 32  # letters of a token, four bits each
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def secret_of(var: Path) -> bytes:
    """The secret of the node whose data lie in ``var``, made when it has none (mode 0600).

    Raises:
        StoreError: when it can be neither read nor made.
    """
    path = var / "secret"
    with told(var):
        try:
            return _whole(path.read_bytes(), path)
        except FileNotFoundError:
            return _made(path)


def token_of(secret: bytes, source: str) -> str:
    """The token of one source."""
    return hmac.new(secret, source.encode(), hashlib.sha256).hexdigest()[:_TOKEN]


def address_of(var: Path, base: str, source: str) -> str:
    """Where the feed of ``source`` is read, on the node whose addresses begin with ``base``.

    "" on a node that has written none yet: looking makes no secret.

    Raises:
        StoreError: when the secret cannot be read.
    """
    if not (var / "secret").exists():
        return ""
    return f"{base}sources/{source}/suivi/{token_of(secret_of(var), source)}.atom"


def path_of(var: Path, source: str) -> Path:
    """The file that holds the feed of ``source``."""
    return var / "suivi" / f"{source}.atom"


def write(var: Path, source: str, feed: bytes) -> None:
    """Put ``feed`` in place of the one that ``source`` had, if it says something else.

    Raises:
        StoreError: when it cannot be written; the former one stays.
    """
    path = path_of(var, source)
    with told(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() == feed:
            return
        with whole(path) as file:
            file.write(feed)


def keep_only(var: Path, sources: Collection[str]) -> None:
    """Forget the feeds of all but ``sources``.

    Raises:
        StoreError: when one cannot be removed.
    """
    folder = var / "suivi"
    with told(folder):
        for path in folder.glob("*.atom"):
            if path.stem not in sources:
                path.unlink()


def feed_of(var: Path, source: str, token: str) -> bytes | None:
    """The feed of ``source`` for whoever gives its ``token``; None for anybody else.

    The comparison takes the same time wherever the token is wrong.

    Raises:
        StoreError: when the secret cannot be read.
    """
    if not _ID.fullmatch(source) or not (var / "secret").exists():
        return None
    if not hmac.compare_digest(token_of(secret_of(var), source).encode(), token.encode()):
        return None
    try:
        return path_of(var, source).read_bytes()
    except FileNotFoundError:
        return None


def _made(path: Path) -> bytes:
    """A new secret; the one of another process that was quicker, where there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_bytes(_LENGTH)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix="secret.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return _whole(path.read_bytes(), path)
    finally:
        Path(draft).unlink()
    return made


def _whole(secret: bytes, path: Path) -> bytes:
    if len(secret) < _LENGTH:
        raise OSError(f"{path.name} is cut short: remove it, and a new one is made")
    return secret
