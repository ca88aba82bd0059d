"""The check value of a row: that we made it for just this plan, year, department and number, and from which texts.

It stands in a cell that everyone sees and survives whatever rewrites the file. Instead of the versions of the rows it
carries a fingerprint of each text at download: a version also moves when another field does, a fingerprint says field
by field whether somebody wrote since. Five letters are 25 bits, and a text is only ever compared with its own past.
"""

import base64
import hashlib
import re
from collections.abc import Mapping

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from initiatives import parsing
from initiatives.survey.columns import FILLED

_SALT = "initiatives.survey.check"
_PRINT, _SEAL = 5, 10  # letters
_SHAPE = re.compile(rf"[A-Z2-7]{{{_PRINT * len(FILLED)}}}-[A-Z2-7]{{{_SEAL}}}")


def fingerprint(name: str, text: str) -> str:
    return _letters(hashlib.sha256(f"{name}\0{text}".encode()).digest(), _PRINT)


def check_value(keys: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """keys: plan, year, department and code as the row shows them; texts: all of FILLED."""
    prints = "".join(fingerprint(name, texts[name]) for name in FILLED)
    return f"{prints}-{_seal(keys, prints, settings.SECRET_KEY)}"


def fingerprints(value: str, keys: Mapping[str, str]) -> dict[str, str] | None:
    """The fingerprints of a row's texts at download; None when the value was not made for these keys."""
    plain = parsing.code_form(value).upper()
    if not _SHAPE.fullmatch(plain):
        return None
    prints, _, seal = plain.partition("-")
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(seal, _seal(keys, prints, secret)) for secret in secrets):
        return None
    return {name: prints[at * _PRINT : (at + 1) * _PRINT] for at, name in enumerate(FILLED)}


def _seal(keys: Mapping[str, str], prints: str, secret: str) -> str:
    words = [parsing.code_form(keys[name]) for name in ("plan", "year", "department", "code")]
    return _letters(salted_hmac(_SALT, "\0".join([*words, prints]), secret=secret, algorithm="sha256").digest(), _SEAL)


def _letters(digest: bytes, count: int) -> str:
    return base64.b32encode(digest).decode()[:count]
