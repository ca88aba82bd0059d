"""Tags and filters of every page."""

from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.core.paginator import Paginator
from django.template import engines

from initiatives.templatetags import ayumi

SVG = "{http://www.w3.org/2000/svg}"


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def rects(svg):
    return ElementTree.fromstring(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)).findall(
        f"{SVG}rect"
    )


@pytest.mark.parametrize("name", ayumi.ICONS)
def test_icon_is_hidden_from_readers(name):
    assert 'aria-hidden="true"' in ayumi.icon(name)


@pytest.mark.parametrize("key", ayumi.STATES)
def test_state_badge_has_its_word(key):
    assert ayumi.state_badge(key).endswith(f"</svg>{ayumi.STATES[key][0]}</span>")


def test_state_badge_label_is_escaped():
    assert "&lt;b&gt;" in render('{% state_badge "late" label %}', label="<b>")


def test_state_badge_unknown_state_is_its_word():
    assert ayumi.state_badge("archived", "保管") == '<span class="state">保管</span>'


def test_rate_letter_with_its_shape():
    assert (
        render('{% rate "B" %}')
        == '<span class="rate rate--2"><span class="vh">評価</span><span class="rate__m">B</span></span>'
    )


@pytest.mark.parametrize("letter", ["", None])
def test_rate_unrated(letter):
    assert "rate--n" in render("{% rate letter %}", letter=letter)
    assert "未評価" in render("{% rate letter %}", letter=letter)


def test_rate_words_come_from_the_scale():
    scale = [SimpleNamespace(letter="◎", definition="とても<良い>"), SimpleNamespace(letter="△", definition="まだまだ")]
    assert render('{% rate "△" words=True scale=scale %}', scale=scale) == (
        '<span class="rate rate--2"><span class="rate__m">△</span><span>まだまだ</span></span>'
    )
    assert "とても&lt;良い&gt;" in render('{% rate "◎" words=True %}', rating_scale=scale)


def test_rate_scale_with_ranks_in_any_order():
    scale = [SimpleNamespace(letter="D", rank=4), SimpleNamespace(letter="A", rank=1)]
    assert ayumi.rank_of("A", scale) == 1


def test_bar_widths_are_attributes_and_fill_the_track():
    svg = render("{% bar counts %}", counts={"draft": 1, "submitted": 1, "approved": 2})
    assert "style" not in svg
    assert [r.get("width") for r in rects(svg)] == ["100%", "25.00%", "25.00%", "50.00%"]


def test_bar_small_share_stays_visible():
    assert [r.get("width") for r in rects(render("{% bar counts %}", counts={"A": 999, "D": 1}))] == [
        "100%",
        "97.00%",
        "3.00%",
    ]


def test_bar_unrated_and_not_started_are_the_empty_track():
    assert len(rects(render("{% bar counts %}", counts={"not_started": 3, "": 2}))) == 1


@pytest.mark.parametrize("counts", [{}, {"A": 0}])
def test_bar_without_anything(counts):
    assert len(rects(render("{% bar counts %}", counts=counts))) == 1


def test_pattern_of_a_bar_is_on_the_page():
    assert 'id="ayumi-cross"' in ayumi.bar_patterns()
    assert "url(#ayumi-cross)" in render('{% swatch "D" %}')


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "－"), ("", "－"), (0, "0"), (Decimal("0.0"), "0.0"), ("－", "－")]
)
def test_blank_dash(value, shown):
    assert render("{{ value|blank_dash }}", value=value) == shown


def test_paragraphs_keep_what_was_typed():
    assert (
        render("{{ text|paragraphs }}", text="①A & B\r\n  <b>二行目</b>")
        == '<span class="text">①A &amp; B\n  &lt;b&gt;二行目&lt;/b&gt;</span>'
    )


@pytest.mark.parametrize("text", [None, ""])
def test_paragraphs_of_nothing_are_nothing(text):
    assert render('{{ text|paragraphs|default:"－" }}', text=text) == "－"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("57.7"), "57.7％"),
        (Decimal("96"), "96％"),
        (None, "－"),
        (0, "0％"),
        (Decimal("1E+2"), "100％"),
        ("未実施", "未実施"),
    ],
)
def test_pct(value, shown):
    assert render("{{ value|pct }}", value=value) == shown


def test_pct_rounds_half_up():
    assert render("{{ value|pct:1 }}", value=Decimal("62.45")) == "62.5％"
    assert render("{{ value|pct:0 }}", value=Decimal("62.5")) == "63％"


def test_num_parts_thousands():
    assert render("{{ value|num }}", value=6443) == "6,443"


def test_pager_keeps_the_conditions_of_the_address(rf):
    page = Paginator(range(100), 10).page(4)
    html = engines["django"].get_template("_pager.html").render({"page_obj": page}, rf.get("/?q=訓練&page=4"))
    assert "?q=%E8%A8%93%E7%B7%B4&amp;page=5" in html
    assert 'aria-current="page"><span class="vh">今のページ </span>4<' in html
