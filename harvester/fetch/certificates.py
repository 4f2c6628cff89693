"""What is wrong with a certificate, in words that its publisher can hand to whoever keeps it."""

from __future__ import annotations

import ssl
from types import MappingProxyType

from urllib3.util.ssl_match_hostname import CertificateError

from vocab.messages import Message, say

_EXPIRED = say(
    "the certificate of {url} has expired — tell its publisher: whoever keeps their site must "
    "renew it"
)
_EARLY = say(
    "the certificate of {url} is not valid yet — check the clock of this machine, then tell its "
    "publisher"
)
_OWN = say(
    "the certificate of {url} is self-signed: nobody vouches for it — tell its publisher: a "
    "recognised one costs nothing"
)
_CHAIN = say(
    "the certificate of {url} comes without those that vouch for it (browsers find them by "
    "themselves) — tell its publisher: the server must send the whole chain"
)
_NAME = say(
    "the certificate of {url} is that of another name ({reason}) — check how the address is "
    "written, with or without www, then tell its publisher"
)

_BY_CODE = MappingProxyType({9: _EARLY, 10: _EXPIRED, 18: _OWN, 19: _OWN, 20: _CHAIN, 62: _NAME})
"""OpenSSL's codes of verification (openssl-verification-options(1), X509_V_ERR_…)."""


def fault_of(error: BaseException) -> Message | None:
    """What is wrong with the certificate; None where that is not known more closely."""
    if isinstance(error, CertificateError):  # urllib3 compares the names itself
        return _NAME
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_CODE.get(error.verify_code)
    return None
