"""What other tests need and a newcomer's machine may lack; ``.ci/run`` requires all of it."""

from __future__ import annotations

import ctypes.util
import shutil

import pytest

from tests.requirements import lacking, shared


@pytest.mark.parametrize("folder", ["corpus", "conformance", "design"])
def test_the_shared_folder_is_beside_the_checkout(folder: str) -> None:
    assert any(shared(folder).iterdir())


def test_libseccomp_is_installed() -> None:
    if ctypes.util.find_library("seccomp") is None:
        lacking("seccomp", "needs the Debian package libseccomp2")


def test_openssl_is_installed() -> None:
    if shutil.which("openssl") is None:
        lacking("openssl", "needs the Debian package openssl")
