"""Cells of several departments, taken apart and put together again without loss."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import parsing
from initiatives.composition import compose
from reporting.importing.cells import parse_name, parse_owners, split_joint
from reporting.importing.source import Owner, Partner

THREE = ["福祉課", "防災課", "こども課"]


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("【福祉課】\nした。\n【防災課】\n配った。", (("福祉課", "した。"), ("防災課", "配った。"))),
        ("(福祉課)\nした。\n(防災課)\n配った。", (("福祉課", "した。"), ("防災課", "配った。"))),
        ("（防災課）\n配った。\n（福祉課）\nした。", (("防災課", "配った。"), ("福祉課", "した。"))),
        ("【福祉課】した。\n二行目。\n【防災課】配った。", (("福祉課", "した。\n二行目。"), ("防災課", "配った。"))),
        ("【福祉 課】\nした。\n\n【防災課】\n配った。", (("福祉課", "した。"), ("防災課", "配った。"))),
        ("【福祉課】\n(1) した。\n【概要】\n三回\n(例)\n【防災課】\n配った。", (("福祉課", "(1) した。\n【概要】\n三回\n(例)"), ("防災課", "配った。"))),
        ("【防災課】\n配った。", (("防災課", "配った。"),)),
    ],
)  # fmt: skip
def test_headings_part_the_cell(cell, parts):
    assert split_joint(cell, THREE).parts == parts


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("まとめて書いた。", "課名の見出し【　】がありません"),
        ("前置き。\n【福祉課】\nした。", "見出しの前に文があります"),
        ("(福祉課・防災課)\nした。\n(こども課)\nした。", "見出し「福祉課・防災課」が、担当課1つの名前ではありません"),
        ("【福祉課】\nした。\n【道路課】\nした。", "見出し「道路課」が、担当課1つの名前ではありません"),
        ("【福祉課】\nした。\n【防災課】\n配った。\n【福祉課】\nまた。", "同じ課の見出しが2つあります"),
        ("【福祉課】\n【防災課】\n配った。", "見出し「福祉課」の下に文がありません"),
    ],
)
def test_what_cannot_be_parted_stays_whole(cell, why):
    split = split_joint(cell, THREE)
    assert (split.parts, split.why) == (None, why)


def words(text: str) -> str:
    """A cell without the brackets of its headings and without white space."""
    lines = [re.sub(r"^\s*[【(（]\s*([^【】()（）]+?)\s*[】)）]", r"\1", line) for line in text.split("\n")]
    return parsing.key("".join(lines))


lines_of_text = st.lists(
    st.sampled_from([*THREE, "(福祉課)", "【防災課】", "（こども課）", "(福祉課・防災課)", "した。", "", "・①二回", "【概要】", "(1)", "　"]),
    max_size=8,
).map("\n".join)  # fmt: skip


@given(lines_of_text)
def test_nothing_is_lost(cell):
    split = split_joint(cell, THREE)
    if split.parts is not None:
        assert words(compose("", split.parts, joint=True)) == words(cell)


@given(st.permutations(THREE), st.lists(st.text("あい。①・ \n", min_size=1).filter(str.strip), min_size=3, max_size=3))
def test_composed_parts_come_apart_again(order, texts):
    parts = tuple((name, parsing.clean_text(text)) for name, text in zip(order, texts, strict=True))
    cell = compose("", parts, joint=True)
    assert split_joint(cell, THREE).parts == parts


# --- Names and owners -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "owners", "partners", "remarks"),
    [
        ("福祉課", [Owner("福祉課")], [], []),
        ("福祉課\n(市社協)\n防災課\n(NPOセンター)", [Owner("福祉課"), Owner("防災課")],
         [Partner("市社協", "福祉課"), Partner("NPOセンター", "防災課")], []),
        ("環境センター\n(R5より)", [Owner("環境センター", "R5より")], [], []),
        ("都市計画課（交通政策担当）", [Owner("都市計画課", "交通政策担当")], [], []),
        ("福祉課\n市社会福祉協議会", [Owner("福祉課")], [Partner("市社会福祉協議会")], []),
        ("福祉課\n※関係する課", [Owner("福祉課")], [], ["※関係する課"]),
        ("福祉課、防災課", [Owner("福祉課"), Owner("防災課")], [], []),
    ],
)  # fmt: skip
def test_owners(text, owners, partners, remarks):
    found = parse_owners(text)
    assert (found.owners, found.partners, found.remarks) == (owners, partners, remarks)


@pytest.mark.parametrize(
    ("text", "name", "original", "first_year"),
    [
        ("声かけ\n運動", "声かけ運動", "", None),
        ("【再掲2-1-1-2】\n交流", "交流", "2-1-1-2", None),
        ("【再掲 1-2-2-2】\n対応※R3新規", "対応", "1-2-2-2", 2021),
        ("貸出\n※令和元年度新規", "貸出", "", 2019),
    ],
)
def test_names(text, name, original, first_year):
    found = parse_name(text)
    assert (found.name, found.original, found.first_year) == (name, original, first_year)


@pytest.mark.parametrize("text", ["【再掲】交流", "【再掲あ】交流", "※R3新規", "交流※X9新規"])
def test_name_that_cannot_be_read(text):
    with pytest.raises(parsing.ParsingError):
        parse_name(text)
