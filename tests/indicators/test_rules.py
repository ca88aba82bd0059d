"""数の決まり: what the figures must keep to, as data; told beside the figures and by the check, never enforced."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from indicators.models import FigureRule
from indicators.rules import Rule, Rulebook
from initiatives.models import FieldChange
from reporting.checks.year import context_of, judged
from tests.factories import make_indicator
from tests.reporting.checks.report_factory import indicator as series

NUMBERS = st.decimals(0, 10**6, places=1)


def book(values, *rules: Rule, **fields) -> Rulebook:
    return Rulebook(
        {code: series(code, {2024: figures, **before}, **fields) for code, figures, before in values}, rules
    )


def broken(rulebook: Rulebook) -> str:
    """What is told of the only rule; "" when it is kept."""
    doubt = rulebook.broken(rulebook.rules[0], 2024)
    return doubt.why if doubt else ""


# --- By hand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number", "actual", "told"),
    [
        ("at_least", "5", "5", ""),
        ("at_least", "5", "4.9", "実績 4.9か所は、決まり「実績は5.0か所以上」に合いません。"),
        ("at_most", "23", "23", ""),
        ("at_most", "23", "24", "実績 24.0か所は、決まり「実績は23.0か所以下」に合いません。"),
        ("change", "20", "12", ""),
        ("change", "20", "8", ""),
        ("change", "20", "12.1", "実績 12.1か所（前は10.0か所）は、決まり「実績が前の値から増減するのは、20％まで」に合いません。"),
        ("change", "20", None, ""),
    ],
)  # fmt: skip
def test_a_figure_and_a_number(kind, number, actual, told):
    rule = Rule(1, "I01", "actual", kind, Decimal(number))
    assert broken(book([("I01", (actual, "10"), {2023: ("10", "10")})], rule, unit="か所")) == told


def test_without_a_figure_before_nothing_has_changed():
    rule = Rule(1, "I01", "actual", "change", Decimal(0))
    assert broken(book([("I01", ("99", "10"), {})], rule)) == ""
    assert broken(book([("I01", ("99", "10"), {2023: (None, "10")})], rule)) == ""


@pytest.mark.parametrize(
    ("kind", "one", "other", "told"),
    [
        ("not_above", "8", "8", ""),
        ("not_above", "9", "8", "実績 9.0人（実績 8.0人）は、決まり「実績は「指標I02」の実績以下」に合いません。"),
        ("not_above", "9", None, ""),
        ("not_above", None, "8", ""),
        ("together", "9", "8", ""),
        ("together", None, None, ""),
        ("together", "9", None, "実績 9.0人（実績なし）は、決まり「実績を書くときは、「指標I02」の実績も書く」に合いません。"),
    ],
)  # fmt: skip
def test_a_figure_and_another(kind, one, other, told):
    rule = Rule(1, "I01", "actual", kind, None, "I02", "actual")
    assert broken(book([("I01", (one, "9"), {}), ("I02", (other, "9"), {})], rule, unit="人")) == told


def test_the_reason_stands_with_it():
    rule = Rule(1, "I01", "actual", "at_most", Decimal(23), reason="市内の施設は23か所です。")
    assert broken(book([("I01", ("24", "9"), {})], rule)).endswith("市内の施設は23か所です。")


@given(NUMBERS, NUMBERS)
def test_a_figure_is_never_both_too_large_and_too_small(actual, bound):
    least, most = (Rule(1, "I01", "actual", kind, bound) for kind in ("at_least", "at_most"))
    told = book([("I01", (str(actual), "1"), {})], least, most)
    both = [told.broken(rule, 2024) is not None for rule in (least, most)]
    assert sum(both) == (actual != bound)


@given(NUMBERS, NUMBERS)
def test_of_two_figures_one_is_not_above_the_other(one, other):
    values = [("I01", (str(one), "1"), {}), ("I02", (str(other), "1"), {})]
    there, back = (Rule(1, a, "actual", "not_above", None, b, "actual") for a, b in (("I01", "I02"), ("I02", "I01")))
    told = book(values, there, back)
    assert (told.broken(there, 2024) is None, told.broken(back, 2024) is None) == (one <= other, other <= one)


def test_a_rule_about_an_indicator_of_other_years_says_nothing():
    rule = Rule(1, "I01", "actual", "not_above", None, "I09", "actual")
    assert book([("I01", ("9", "1"), {})], rule).doubts("I01", 2024) == []


def test_a_rule_of_its_own_takes_the_place_of_the_common_one():
    values = [("I01", ("30", "10"), {2023: ("10", "10")})]
    assert [doubt.subject for doubt in book(values, unit="件").doubts("I01", 2024)] == ["jump"]
    wide = Rule(1, "I01", "actual", "change", Decimal(300))
    assert book(values, wide, unit="件").doubts("I01", 2024) == []


# --- On the pages ---------------------------------------------------------------------------------------


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def clubs(plan, plan_year, department):
    """2つの指標：集いの場 of 高齢課, and the places in which they may be held."""
    made = {2023: ("20", "25"), 2024: (None, "25")}
    return [
        make_indicator(plan, code, department=department, unit="か所", name=name, values=dict(made))
        for code, name in (("I01", "集いの場"), ("I02", "使える施設"))
    ]


def page_of(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())


def rules_page(indicator, year=2024) -> str:
    return reverse("indicators:indicator_rules", args=[indicator.plan_id, year, indicator.pk])


def write(client, indicator, actual: str):
    address = reverse("indicators:indicator_edit", args=[indicator.plan_id, 2024, indicator.pk])
    version = indicator.values.get(fiscal_year=2024).version
    return client.post(address, {"version": version, "actual": actual, "target": "25"}, follow=True)


@pytest.mark.django_db
def test_a_rule_is_added_told_and_taken_away(office, plan_year, clubs):
    one, _ = clubs
    typed = {"measure": "actual", "kind": "at_most", "number": "２３", "reason": "施設は23か所です。", "is_must": "on"}
    told = page_of(office.post(rules_page(one), typed, follow=True))
    assert "決まりを加えました：実績は23か所以下" in told and "公表までに直す" in told
    assert "実績 24か所は、決まり「実績は23か所以下」に合いません。施設は23か所です。" in page_of(
        write(office, one, "24")
    )
    found = [one for one in judged(plan_year, ["indicator_doubts"])]
    assert [(each.finding.severity, each.finding.found) for each in found] == [("must", "実績 24か所")]
    rule = FigureRule.objects.get()
    assert "決まりを外しました" in page_of(office.post(rules_page(one), {"remove": rule.pk}, follow=True))
    assert judged(plan_year, ["indicator_doubts"]) == [] and not FigureRule.objects.exists()
    assert [(change.old, change.new) for change in FieldChange.objects.filter(field="figure_rules").order_by("pk")] == [
        ("", "実績は23か所以下"), ("実績は23か所以下", ""),
    ]  # fmt: skip
    assert "もうありません" in page_of(office.post(rules_page(one), {"remove": rule.pk}, follow=True))


@pytest.mark.django_db
def test_a_rule_about_another_indicator(office, plan_year, clubs):
    one, other = clubs
    typed = {"measure": "actual", "kind": "not_above", "other": f"{other.pk}:actual"}
    office.post(rules_page(one), typed)
    write(office, other, "21")
    assert "（実績 21か所）は、決まり「実績は「使える施設」の実績以下」に合いません" in page_of(
        write(office, one, "22")
    )
    assert context_of(plan_year).rules[0].other_code == "I02"


@pytest.mark.django_db
def test_the_same_rule_is_kept_once(office, clubs):
    for _ in range(2):
        told = page_of(office.post(rules_page(clubs[0]), {"measure": "actual", "kind": "at_least", "number": "1"}, follow=True))  # fmt: skip
    assert "という決まりは、もうあります。" in told and FigureRule.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "at_least"}, "くらべる値を書いてください。"),
        ({"kind": "at_least", "number": "多め"}, "数"),
        ({"kind": "change", "number": "-5"}, "0か、0より大きい数にしてください。"),
        ({"kind": "not_above"}, "くらべる数を選んでください。"),
        ({"kind": "together", "other": "self:actual"}, "同じ数とはくらべられません。"),
        ({"kind": "together", "other": "999:actual"}, "正しく選択"),
        ({"kind": "magic", "number": "1"}, "正しく選択"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(office, clubs, typed, words):
    one = clubs[0]
    typed = {name: text.replace("self", str(one.pk)) for name, text in typed.items()}
    answer = office.post(rules_page(one), {"measure": "actual", "reason": "わけ"} | typed)
    assert answer.status_code == 422 and words in page_of(answer)
    assert 'value="わけ"' in answer.content.decode()
    assert not FigureRule.objects.exists()


@pytest.mark.django_db
def test_the_database_refuses_half_a_rule(clubs):
    one, other = clubs
    for half in (
        {"kind": "at_least"}, {"kind": "not_above", "number": 1}, {"kind": "together", "other": other},
        {"kind": "at_most", "number": 1, "other": other, "other_measure": "actual"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            FigureRule.objects.create(indicator=one, measure="actual", **half)


@pytest.mark.django_db
def test_components_of_a_ratio_go_by_their_names(office, plan, plan_year, department):
    names = {"ratio_name": "割合", "numerator_name": "就労者数", "denominator_name": "相談件数"}
    ratio = make_indicator(plan, "I03", department=department, unit="％", numerator_unit="人", **names, values={2024: (None, "30")})  # fmt: skip
    typed = {"measure": "numerator", "kind": "not_above", "other": f"{ratio.pk}:denominator"}
    assert "決まりを加えました：就労者数は相談件数以下" in page_of(office.post(rules_page(ratio), typed, follow=True))
