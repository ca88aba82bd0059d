"""カタカナ that is taken for another letter, on the screen and by a reader of paper: ン for ソ, バ for パ, ッ for ツ."""

from collections.abc import Iterator

from reporting.checks.words import words

_PLAIN, _VOICED, _HALF = (
    "カキクケコサシスセソタチツテトハヒフヘホ",
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボ",
    "パピプペポ",
)
_LARGE, _SMALL = "アイウエオヤユヨツ", "ァィゥェォャュョッ"
_ALIKE: dict[str, set[str]] = {}
for _one, _other in (
    *("ソン", "シツ", "ノソ", "ヌス", "クワ", "ウワ", "フワ", "ラヲ", "チテ", "コユ", "ロコ", "マア", "ルレ"),
    *zip(_PLAIN, _VOICED, strict=True),
    *zip(_PLAIN[-5:], _HALF, strict=True),
    *zip(_VOICED[-5:], _HALF, strict=True),
    *zip(_LARGE, _SMALL, strict=True),
):
    _ALIKE.setdefault(_one, set()).add(_other)
    _ALIKE.setdefault(_other, set()).add(_one)


def taken_for(word: str) -> Iterator[str]:
    """Every word that differs in one letter which looks much the same."""
    for index, letter in enumerate(word):
        for other in sorted(_ALIKE.get(letter, ())):
            yield word[:index] + other + word[index + 1 :]


def is_known(word: str) -> bool:
    """Whether it is one word of the dictionary."""
    found = words(word)
    return len(found) == 1 and found[0].is_known
