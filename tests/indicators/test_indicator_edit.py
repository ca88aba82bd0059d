"""Writing an indicator's figures of a year: who, when, what is refused, and what history keeps."""

import pytest
from bs4 import BeautifulSoup

from indicators.models import IndicatorValue
from initiatives.models import FieldChange, PlanYear
from tests.factories import UserFactory, make_indicator


def value(indicator, year=2024) -> IndicatorValue:
    return IndicatorValue.objects.get(indicator=indicator, fiscal_year=year)


def send(client, address, page="indicator_edit", **typed):
    return client.post(address(page), {"version": 1, "actual": "", "note": ""} | typed)


def words(response) -> str:
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def test_the_department_writes_the_actual_and_the_rate_is_computed(client, writer, indicator, address):
    client.force_login(writer)
    response = client.post(
        address("indicator_edit"), {"version": 1, "actual": "５７．７", "note": "郵送で調べた"}, follow=True
    )
    assert response.redirect_chain == [(address("indicator_detail"), 302)]
    # 57.7 ÷ 67.2 ＝ 85.86… ％
    assert "実績 57.7％ ÷ 目標 67.2％ ＝ 85.9％" in words(response)
    kept = value(indicator)
    assert (str(kept.actual), kept.actual_figure, kept.note, kept.version) == ("57.7000", "value", "郵送で調べた", 2)
    told = [(each.field, each.old, each.new, each.by) for each in FieldChange.objects.order_by("field")]
    assert told == [
        ("actual", "", "57.7", writer),
        ("actual_figure", "blank", "value", writer),
        ("note", "", "郵送で調べた", writer),
    ]


def test_a_year_that_nobody_has_written_gets_its_row(client, coordinator, plan, plan_year, department):
    indicator = make_indicator(plan, department=department)
    client.force_login(coordinator)
    page = f"/plans/{plan.pk}/R6/indicators/{indicator.pk}/edit/"
    assert client.post(page, {"version": 0, "actual": "0", "target": "", "note": ""}).status_code == 302
    assert (value(indicator).actual, value(indicator).actual_figure) == (0, "value")
    # A page that was opened before, sent now: the row is there already.
    assert client.post(page, {"version": 0, "actual": "5", "target": "", "note": ""}).status_code == 409
    assert value(indicator).actual == 0


def test_a_page_that_is_opened_and_saved_unchanged_leaves_no_trace(client, writer, indicator, address):
    client.force_login(writer)
    assert send(client, address).status_code == 302
    assert value(indicator).version == 1
    assert not FieldChange.objects.exists()


def test_not_conducted_is_a_word_of_its_own(client, writer, indicator, address):
    client.force_login(writer)
    send(client, address, not_conducted="on")
    assert (value(indicator).actual, value(indicator).actual_figure) == (None, "not_conducted")
    send(client, address, version=2)
    assert value(indicator).actual_figure == "blank"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"actual": "約60"}, "「約60」は数として読めません。数字だけを書いてください。"),
        ({"actual": "57.75"}, "小数第1位までの数で書いてください。"),
        ({"actual": "9999999999999"}, "数が大きすぎます。単位を確かめてください。"),
        ({"actual": "57.7", "not_conducted": "on"}, "未実施の年度には、数を書けません。どちらかにしてください。"),
        ({"note": "見えない\u202e文字"}, "目に見えない文字（U+202E）が入っています。その部分を打ち直してください。"),
    ],
)
def test_what_cannot_be_taken_is_told_and_nothing_changes(client, writer, indicator, address, typed, problem):
    client.force_login(writer)
    response = send(client, address, **typed)
    assert response.status_code == 422
    assert problem in words(response)
    assert value(indicator).version == 1


def test_the_components_of_a_ratio_are_written_and_the_ratio_is_computed(client, writer, plan, plan_year, department):
    indicator = make_indicator(
        plan, department=department, unit="%", decimals=1, values={2024: (None, "30.0")}, numerator_name="就労者数",
        numerator_unit="人", denominator_name="相談件数", denominator_unit="件",
    )  # fmt: skip
    client.force_login(writer)
    page = f"/plans/{plan.pk}/R6/indicators/{indicator.pk}/edit/"
    assert "0では割れません" in words(client.post(page, {"version": 1, "numerator": "0", "denominator": "0"}))
    response = client.post(page, {"version": 1, "numerator": "58", "denominator": "335"}, follow=True)
    # 58 ÷ 335 ＝ 17.313… ％; 17.313… ÷ 30 ＝ 57.71… ％
    assert "就労者数 58人 ÷ 相談件数 335件 ＝ 17.3％。実績 17.3％ ÷ 目標 30.0％ ＝ 57.7％" in words(response)


def test_what_is_odd_is_saved_and_pointed_out(client, writer, plan, plan_year, department):
    indicator = make_indicator(
        plan, department=department, unit="戸", accumulation="cumulative", values={2023: ("146", "146"), 2024: (None, "206")}
    )  # fmt: skip
    client.force_login(writer)
    page = f"/plans/{plan.pk}/R6/indicators/{indicator.pk}/edit/"
    told = words(client.post(page, {"version": 1, "actual": "55"}, follow=True))
    assert value(indicator).actual == 55
    assert "累計なのに、前の146戸より小さくなっています。" in told
    assert "前の146戸と比べて、2倍より大きいか、半分より小さくなっています。" in told
    assert "より小さく" not in words(client.post(page, {"version": 2, "actual": "201"}, follow=True))


# --- 計算と違う評価 ---------------------------------------------------------------------------------


def test_another_rating_needs_a_reason_and_is_marked(client, coordinator, indicator, address):
    client.force_login(coordinator)
    typed = {"actual": "57.7", "target": "67.2", "rating_override": "B", "override_reason": " "}
    refused = send(client, address, **typed)
    assert refused.status_code == 422
    assert "計算と違う評価にする理由を書いてください。" in words(refused)
    response = client.post(
        address("indicator_edit"),
        {"version": 1, "note": ""} | typed | {"override_reason": "回答が半分だったため"},
        follow=True,
    )
    assert "※令和6年度：計算ではAですが、Bとしています。理由：回答が半分だったため" in words(response)
    listed = words(client.get(address("indicator_detail").removesuffix(f"{indicator.pk}/")))
    assert "B ※ 計算とは別に決めた評価" in listed
    send(client, address, version=2, **(typed | {"rating_override": ""}))
    assert (value(indicator).rating_override, value(indicator).override_reason) == ("", "")


def test_the_department_can_set_neither_target_nor_rating(client, writer, indicator, address):
    client.force_login(writer)
    send(client, address, actual="57.7", target="1", target_word="not_set", rating_override="A", override_reason="よい")
    kept = value(indicator)
    assert (str(kept.target), kept.rating_override, kept.override_reason) == ("67.2000", "", "")


def test_the_office_sets_target_or_the_word_in_its_place(client, coordinator, indicator, address):
    client.force_login(coordinator)
    send(client, address, target="", target_word="under_review")
    assert (value(indicator).target, value(indicator).target_figure) == (None, "under_review")
    both = send(client, address, version=2, target="70", target_word="not_set")
    assert both.status_code == 422


# --- Who and when -----------------------------------------------------------------------------------


def test_a_deputy_writes_with_both_names_kept(client, deputy, writer, indicator, address):
    client.force_login(deputy)
    assert send(client, address, actual="57.7").status_code == 302
    change = FieldChange.objects.get(field="actual")
    assert (change.by, change.on_behalf_of) == (deputy, writer)


@pytest.mark.parametrize(
    ("status", "as_writer", "as_coordinator"),
    [
        ("preparing", 409, 409),
        ("collecting", 302, 302),
        ("reviewing", 409, 302),
        ("committee", 409, 302),
        ("finalized", 409, 409),
        ("published", 409, 409),
    ],
)
def test_when_it_may_be_written(
    client, writer, coordinator, plan_year, indicator, address, status, as_writer, as_coordinator
):
    PlanYear.objects.update(status=status)
    for person, answer in ((coordinator, as_coordinator), (writer, as_writer)):
        client.force_login(person)
        response = send(client, address, version=value(indicator).version, actual="57.7", target="67.2")
        assert response.status_code == answer, person
        assert (value(indicator).actual is None) == (as_coordinator == 409)


def test_after_the_deadline_it_is_said_whom_to_ask_and_the_number_stays(client, writer, plan_year, indicator, address):
    PlanYear.objects.update(department_deadline="2020-12-04")
    client.force_login(writer)
    response = send(client, address, actual="57.7")
    assert response.status_code == 409
    assert "提出期限（12月4日（金））を過ぎました。直すところがあるときは、福祉総務課に伝えてください。" in words(
        response
    )
    assert 'value="57.7"' in response.content.decode()
    assert value(indicator).version == 1


def test_another_department_and_the_administrator_are_refused(client, other, admin, indicator, address):
    for person in (other, admin):
        client.force_login(person)
        assert send(client, address, actual="1").status_code == 403
    assert value(indicator).version == 1


def test_an_indicator_of_nobody_is_written_by_the_office_alone(client, writer, coordinator, plan, plan_year):
    indicator = make_indicator(plan)
    page = f"/plans/{plan.pk}/R6/indicators/{indicator.pk}/edit/"
    client.force_login(UserFactory(username="lonely"))
    assert client.get(page).status_code == 403
    client.force_login(coordinator)
    assert client.get(page).status_code == 200


def test_an_indicator_of_another_plan_is_not_found(client, coordinator, plan_year, indicator):
    from tests.factories import PlanFactory

    elsewhere = make_indicator(PlanFactory())
    client.force_login(coordinator)
    for page in ("", "edit/", "settings/"):
        assert client.get(f"/plans/{plan_year.plan_id}/R6/indicators/{elsewhere.pk}/{page}").status_code == 404


def test_a_colleague_was_first_and_both_numbers_are_shown(client, writer, coordinator, indicator, address):
    client.force_login(coordinator)
    send(client, address, actual="57.7", target="67.2")
    client.force_login(writer)
    response = send(client, address, actual="58.0")
    assert response.status_code == 409
    assert "実績（%）：保存されているのは「57.7」" in words(response)
    page = BeautifulSoup(response.content, "html.parser")
    assert (page.find(id="id_actual")["value"], page.find(id="id_version")["value"]) == ("58.0", "2")
    assert str(value(indicator).actual) == "57.7000"
    assert send(client, address, version=2, actual="58.0").status_code == 302
    assert str(value(indicator).actual) == "58.0000"
