"""Words as they are typed in ローマ字: one wrong, missing or extra key makes 報告性 of 方向性 and 連合機 of 連合会."""

from functools import lru_cache

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ", "y": "ヤ・ユ・ヨ", "w": "ワ・・・ヲ", "x": "ァィゥェォ",
}  # fmt: skip
_KEYS = {kana: key + vowel for key, row in _ROWS.items() for vowel, kana in zip("aiueo", row, strict=True)}
_KEYS |= {"ン": "n", "ー": "-"}
_BENT = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}


@lru_cache(maxsize=8192)
def typed(reading: str) -> str:
    """The keys of a reading in カタカナ: シンシ → sinsi, キョウ → kyou; ッ is one key. What is no kana stays."""
    keys = ""
    for kana in reading:
        keys = keys[:-1] + _BENT[kana] if kana in _BENT else keys + _KEYS.get(kana, kana)
    return keys


def one_key_apart(reading: str, other: str) -> bool:
    """Whether one key changed, missing or added makes one reading of the other; equal readings are not apart."""
    if abs(len(reading) - len(other)) > 1:
        return False  # a key makes or unmakes one kana at most
    one, two = typed(reading), typed(other)
    if one == two or abs(len(one) - len(two)) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    left, right = one[same:], two[same:]
    return left[1:] == right[1:] or left == right[1:] or left[1:] == right
