import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives.models import EntryPart, FieldChange, PlanYear
from tests.factories import make_entry, make_initiative


def day(offset: int):
    return timezone.localdate() + timezone.timedelta(days=offset)


def test_the_page_says_what_may_be_done_now(office, address, plan, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="draft")
    page = BeautifulSoup(office.get(address("year_settings")).content, "html.parser")
    assert page.h1.get_text() == "令和6年度は「受付中」です"
    assert "期限を過ぎると書けなくなります" in page.get_text()
    assert [button.get_text() for button in page.select(".todo button")] == ["受付を締め切る"]
    assert "まだ承認していないものが1件あります" in page.get_text()


def test_a_year_moves_and_the_page_tells_who(office, address):
    office.post(address("year_transition", action="close"))
    office.post(address("year_transition", action="start_again"), {"reason": "2課が間に合わなかったため"})
    page = BeautifulSoup(office.get(address("year_settings")).content, "html.parser")
    records = [item.get_text(" ", strip=True) for item in page.select(".thread li")]
    assert len(records) == 2
    assert "2課が間に合わなかったため" in records[0] and "とりまとめ" in records[0]


def test_what_cannot_be_done_is_told_and_changes_nothing(office, address):
    response = office.post(address("year_transition", action="take_back"))
    assert response.status_code == 409
    assert "「委員に閉じる」はできません" in response.content.decode()
    assert PlanYear.objects.get().status == "collecting"
    assert office.post(address("year_transition", action="nonsense")).status_code == 404


def test_deadlines_are_changed_and_remembered(office, address, coordinator):
    office.post(address("year_deadlines"), {"department_deadline": day(5), "committee_deadline": day(30)})
    assert PlanYear.objects.get().department_deadline == day(5)
    change = FieldChange.objects.get(field="department_deadline")
    assert (change.old, change.new, change.by) == ("", str(day(5)), coordinator)


def test_deadlines_in_the_wrong_order_are_refused_and_kept_in_the_form(office, address):
    response = office.post(address("year_deadlines"), {"department_deadline": day(30), "committee_deadline": day(5)})
    assert response.status_code == 422
    assert "各課の提出期限と同じ日か、後の日にしてください。" in response.content.decode()
    assert str(day(5)) in response.content.decode()
    assert PlanYear.objects.get().department_deadline is None


def test_one_department_may_be_given_more_time(office, address, plan, plan_year, department, other_department):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="draft")
    PlanYear.objects.update(department_deadline=day(-1))
    office.post(address("year_extension"), {"department": department.pk, "until": day(3), "reason": "災害対応"})
    extension = plan_year.extensions.get()
    assert (extension.department, extension.until, extension.reason) == (department, day(3), "災害対応")
    refused = office.post(address("year_extension"), {"department": department.pk, "until": day(-1)})
    assert "今日か、今日より後の日にしてください。" in refused.content.decode()
    stranger = office.post(address("year_extension"), {"department": other_department.pk, "until": day(3)})
    assert stranger.status_code == 422


def test_a_year_is_opened_after_looking_at_what_will_be_made(office, plan, plan_year, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), next_target="12件", result="去年の文")
    open_address = reverse("initiatives:year_open")
    page = BeautifulSoup(office.get(open_address).content, "html.parser")
    assert page.h1.get_text() == "令和7年度に、取組1件と課の記入1件を作ります"
    assert not PlanYear.objects.filter(fiscal_year=2025).exists()
    response = office.post(open_address, {"plan": plan.pk, "year": "R7", "prefill": "result"})
    assert response["Location"] == reverse("initiatives:year_settings", args=[plan.pk, 2025])
    part = EntryPart.objects.get(entry__fiscal_year=2025)
    assert (part.result, part.entry.target, part.status) == ("去年の文", "12件", "not_started")


@pytest.mark.parametrize(
    ("year", "words"),
    [("来年", "年度として読めません"), ("R20", "令和2年度から令和7年度まで"), ("", "ここを書いてください")],
)
def test_a_year_that_cannot_be_opened_is_refused_in_words(office, plan, plan_year, year, words):
    response = office.post(reverse("initiatives:year_open"), {"plan": plan.pk, "year": year})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert PlanYear.objects.count() == 1
