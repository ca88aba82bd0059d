"""Typed or pasted text to values. Used alike by forms and by every import; imports nothing of ours."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_NO_VALUE = {"", "-", "－", "—", "―", "‐", "ー", "–", "−"}
_BIDI_AND_CONTROL = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]"
)


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－", "-"))
LONGEST = 10_000  # characters of a body text


class ParsingError(ValueError):
    """The text is not of the asked kind; the message is for the person who wrote it."""


def clean_text(text: str) -> str:
    """Body text as it is kept: NFC, LF line ends, no spaces at line ends, no blank lines at either end.

    Never NFKC: ① must stay ①. Raises ParsingError for control and direction-changing characters,
    which can make a printed line read otherwise than it is stored.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", ""))
    # What can be seen is told at once; line ends and 全角 spaces are no "printable" characters to Python, and frequent.
    seen = text.replace("\n", "").replace("\u3000", "").isprintable()
    if not seen and (found := _BIDI_AND_CONTROL.search(text)):
        raise ParsingError(
            f"目に見えない文字（U+{ord(found.group()):04X}）が入っています。その部分を打ち直してください。"
        )
    return "\n".join([line.rstrip() for line in text.split("\n")]).strip("\n")


def clean_body(text: str, longest: int = LONGEST) -> str:
    """What a person writes into one field, by page or by Excel. Raises ParsingError, also for more letters than that."""
    text = clean_text(text)
    if len(text) > longest:
        raise ParsingError(f"長すぎます（{len(text):,}字）。{longest:,}字までにしてください。")
    return text


def code_form(text: str) -> str:
    """A printed number such as 1-1-1-2, typed in whatever width and with whatever dashes."""
    return key(text.translate(_DASHES)).translate(_DASHES)


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """A form for comparing names: NFKC, no white space. For keys such as 担当課 names, never for body text.

    Remembered: a year's file names each department dozens of times.
    """
    return _key(text)


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def search_form(text: str) -> str:
    """A form for searching: full and half width, capitals, ひらがな and カタカナ, and white space are alike."""
    return _key(text).casefold().translate(_KATAKANA_TO_HIRAGANA)


def is_blank(text: str) -> bool:
    """True for empty text and for the dashes that officers type for "nothing"."""
    return text.strip() in _NO_VALUE


def parse_number(text: str | int | float | Decimal | None) -> Decimal | None:
    """Read a number as officers write it; None for blank and dashes.

    Takes full-width digits, thousands commas and ▲ or △ for negatives. Digits are bounded (15 and 6 after the
    point): "1e1000000" would otherwise keep a processor busy for a minute. Raises ParsingError.
    """
    if text is None:
        return None
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    if plain in _NO_VALUE:
        return None
    plain = plain.replace(",", "").replace("▲", "-").replace("△", "-").replace("−", "-")
    if not _NUMBER.fullmatch(plain):
        raise ParsingError(f"「{text}」は数として読めません。数字だけを書いてください。")
    return Decimal(plain)


def parse_rating(text: str, letters: tuple[str, ...]) -> str:
    """One of the plan's rating letters, full or half width; "" for blank. Raises ParsingError."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if plain in _NO_VALUE or plain == "未評価":
        return ""
    if plain not in letters:
        raise ParsingError(f"評価「{text}」は使えません。{'、'.join(letters)}のどれか1つを書いてください。")
    return plain
