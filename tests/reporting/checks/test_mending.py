"""One press in the list of the check puts a word right wherever it stands: shown, recorded, never behind anybody's back."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import EntryPart, FieldChange, Initiative, PlanYear, YearlyEntry
from reporting.models import Footnote
from reviews.models import CommitteeReview
from tests.factories import make_direction, make_entry, make_initiative

pytestmark = pytest.mark.django_db
S = EntryPart.Status
WRONG, RIGHT = "広報誌で知らせた。", "広報紙で知らせた。"


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def year(plan_year) -> PlanYear:
    PlanYear.objects.filter(pk=plan_year.pk).update(status=PlanYear.Status.REVIEWING)
    return plan_year


@pytest.fixture
def goal(plan):
    return make_direction(plan, 1).policy.goal


def page(office, year) -> BeautifulSoup:
    address = reverse("reporting:check_list", args=[year.plan_id, 2024])
    return BeautifulSoup(office.get(f"{address}?kind=terms").content, "lxml")


def press(office, year, number: int = 0):
    """The answer to the press of one of the buttons, as its page sends it."""
    form = page(office, year).select("ul.checks form:not([action$='/decide/']):has(input[name])")[number]
    sent = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    return office.post(form["action"], sent, follow=True)


def told(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def advice(office, year) -> list[str]:
    """Why not, of every finding that cannot be pressed."""
    found = page(office, year).select("ul.checks > li .quote + .ink2")
    return [each.get_text(strip=True) for each in found]


def corrections(model: str) -> list[tuple[str, str, str]]:
    changes = FieldChange.objects.filter(model=model, reason="軽微な修正")
    return [(change.field, change.old, change.new) for change in changes]


@pytest.mark.parametrize("field", ["result", "issues", "next_target", "low_rating_reason", "shared_result"])
def test_what_is_approved_offers_no_press_and_says_the_way(office, year, plan, department, field):
    """The report holds what is approved; what was only sent is mended over the list of the dictionary (term_uses)."""
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), rating="D")
    row = entry.parts.get() if field in ("result", "issues") else entry
    type(row).objects.update(**{field: WRONG})
    assert page(office, year).select("button:-soup-contains('このとおりに直す')") == []
    [words] = advice(office, year)
    assert "承認を取り消して、担当課に差し戻してください。" in words
    assert page(office, year).select_one(".quote ins").get_text() == "紙"


def test_the_target_goes_with_the_part_of_the_lead(office, year, plan, department, other_department):
    make_entry(make_initiative(plan, "1-1-1-1", department, other_department), status=S.SUBMITTED, target=WRONG)
    answer = press(office, year)
    assert "1件の文を直しました。軽微な修正として、変更の記録に残ります。" in told(answer)
    assert answer.request["PATH_INFO"].endswith("/checks/")  # back to where the button stood
    assert YearlyEntry.objects.get().target == RIGHT
    assert corrections("initiatives.yearlyentry") == [("target", WRONG, RIGHT)]
    YearlyEntry.objects.update(target=WRONG)
    EntryPart.objects.filter(department=department).update(status=S.DRAFT)  # the other one's is still there
    assert advice(office, year) == ["書く画面に同じ指摘が出て、担当課が1回押すと直せます。"]


@pytest.mark.parametrize("field", ["description", "note"])
def test_words_of_the_plan(office, year, plan, department, field):
    initiative = make_initiative(plan, "1-1-1-1", department, **{field: WRONG})
    make_entry(initiative, status=S.APPROVED, rating="A")
    press(office, year)
    assert getattr(Initiative.objects.get(), field) == RIGHT
    assert "紙" in Initiative.objects.get().search_text or field == "note"
    assert corrections("initiatives.initiative") == [(field, WRONG, RIGHT)]
    Initiative.objects.update(**{field: WRONG})
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    assert advice(office, year) == ["この年度は、書きかえができない状態です。"]


def test_a_review(office, year, plan, goal):
    CommitteeReview.objects.create(plan=plan, fiscal_year=2024, goal=goal, text=WRONG)
    CommitteeReview.objects.create(plan=plan, fiscal_year=2024, goal=None, heading="全体", text=f"よい。{WRONG}")
    assert "「広報誌」を直しました。軽微な修正として" in told(press(office, year))
    press(office, year)
    assert set(CommitteeReview.objects.values_list("heading", "text")) == {("", RIGHT), ("全体", f"よい。{RIGHT}")}
    texts = [change for change in corrections("reviews.committeereview") if change[0] == "text"]
    assert texts == [("text", WRONG, RIGHT), ("text", f"よい。{WRONG}", f"よい。{RIGHT}")]


def test_a_confirmed_review_is_told_why_not(office, year, plan, goal):
    review = CommitteeReview.objects.create(plan=plan, fiscal_year=2024, goal=goal, text=WRONG, state="confirmed")
    assert advice(office, year) == ["この講評は「確認済」です。直すときは、「下書きに戻す」を押してください。"]
    address = reverse("reviews:review_mend", args=[plan.pk, 2024, 1])
    answer = office.post(address, {"version": review.version, "word": "spelling:広報誌"}, follow=True)
    assert "この講評は「確認済」です。" in told(answer)
    CommitteeReview.objects.update(state="draft")
    assert office.post(address, {"version": review.version + 5, "word": "spelling:広報誌"}).status_code == 409
    assert "もうありません" in told(office.post(address, {"version": 1, "word": "spelling:ない"}, follow=True))
    assert CommitteeReview.objects.get().text == WRONG


def test_a_note_under_a_number_of_its_own(office, year, plan, goal):
    Footnote.objects.create(plan=plan, fiscal_year=2024, goal=goal, number=3, text=WRONG)
    assert "注3の「広報誌」を直しました。" in told(press(office, year))
    assert Footnote.objects.get().text == RIGHT
    assert corrections("reporting.footnote") == [("text", WRONG, RIGHT)]
    address = reverse("reporting:chapter_notes", args=[plan.pk, 2024])
    for number in ("3", "99", "abc"):
        answer = office.post(address, {"note": number, "word": "spelling:広報誌"}, follow=True)
        assert "もうありません" in told(answer)
    Footnote.objects.update(text=WRONG)
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    assert "注は変えられません" in told(office.post(address, {"note": "3", "word": "spelling:広報誌"}, follow=True))
    assert Footnote.objects.get().text == WRONG
