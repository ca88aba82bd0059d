"""One key of ローマ字 between two readings."""

import pytest

from reporting.checks.keys import one_key_apart, typed


@pytest.mark.parametrize(
    ("reading", "keys"), [("シンシ", "sinsi"), ("キョウ", "kyou"), ("センター", "senta-"), ("ヴ", "ヴ"), ("", "")]
)
def test_keys_of_a_reading(reading, keys):
    assert typed(reading) == keys


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ホウコク", "ホウコウ", True),  # 報告 and 方向: a key more
        ("シシン", "スイシン", True),  # 指針 and 推進: a key missing
        ("キ", "カイ", True),  # 機 and 会
        ("ジッシ", "ジッチ", True),  # 実施 and 実地: another key
        ("コウホウ", "コウホウ", False),  # the same sound is another conversion, not another key
        ("キカイ", "ケイカク", False),
        ("ジリツ", "リョウリツ", False),
    ],
)
def test_one_key_apart(one, other, apart):
    assert one_key_apart(one, other) is one_key_apart(other, one) is apart
