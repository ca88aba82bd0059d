"""回答の依頼: a department is asked, answers, and is asked again; its drafts are its own."""

import pytest
from django.urls import reverse

from initiatives.history import Conflict
from initiatives.models import FieldChange, Notice
from initiatives.notices import wording
from initiatives.workflow import TransitionError
from reviews import permissions, workflow
from reviews.models import Inquiry, Opinion
from tests.factories import UserFactory, make_deputy

pytestmark = pytest.mark.django_db
Q = Inquiry.State


@pytest.fixture
def inquiry(opinion, department, coordinator):
    return workflow.ask(department, "どう考えますか", by=coordinator, plan_year=opinion.plan_year, opinion=opinion)


def test_asking_tells_everyone_of_the_department_without_the_words(inquiry, writer, manager, other, coordinator):
    workflow.cancel(inquiry, by=coordinator, version=inquiry.version)
    Notice.objects.all().delete()
    workflow.ask(inquiry.department, "では", by=coordinator, plan_year=inquiry.plan_year, opinion=inquiry.opinion)
    told = Notice.objects.filter(kind="asked")
    assert {notice.recipient for notice in told} == {writer, manager}
    assert {str(notice.facts) for notice in told} == {str({"about": "1-1-1-1　見守り", "number": inquiry.pk})}


def test_a_department_that_was_asked_is_not_asked_twice(inquiry, coordinator):
    with pytest.raises(TransitionError, match="もう聞いています"):
        workflow.ask(inquiry.department, "再", by=coordinator, plan_year=inquiry.plan_year, opinion=inquiry.opinion)


def test_what_the_department_types_leaves_no_trace_until_it_is_sent(inquiry, writer):
    workflow.keep_reply(inquiry, "書きかけの考え", by=writer, seen="")
    assert "書きかけの考え" not in str(list(FieldChange.objects.values_list("old", "new")))
    workflow.reply(inquiry, "2か所で開きます", by=writer, seen="書きかけの考え")
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.draft, inquiry.reply, inquiry.replied_by) == (
        "replied",
        "",
        "2か所で開きます",
        writer,
    )


def test_a_deputy_answers_in_the_place_of_another(inquiry, writer):
    deputy = UserFactory()
    make_deputy(writer, deputy)
    workflow.reply(inquiry, "2か所で開きます", by=deputy, seen="")
    change = FieldChange.objects.get(field="reply")
    assert (change.by, change.on_behalf_of) == (deputy, writer)


def test_two_of_a_department_do_not_overwrite_each_other(inquiry, writer, manager):
    workflow.keep_reply(Inquiry.objects.get(), "担当の考え", by=writer, seen="")
    for attempt in (workflow.keep_reply, workflow.reply):
        with pytest.raises(Conflict):
            attempt(inquiry, "課長の考え", by=manager, seen="")
    assert Inquiry.objects.get().draft == "担当の考え"


def test_a_reply_may_be_sent_again_and_asked_for_again(inquiry, writer, coordinator):
    workflow.reply(inquiry, "はじめの答え", by=writer, seen="")
    workflow.reply(inquiry, "直した答え", by=writer, seen="はじめの答え")
    workflow.ask(inquiry.department, "いつですか", by=coordinator, plan_year=inquiry.plan_year, opinion=inquiry.opinion)
    again = Inquiry.objects.get()
    assert (again.state, again.question, again.reply) == ("asked", "いつですか", "直した答え")


def test_the_mail_says_what_it_is_about_and_no_word_of_the_opinion(opinion, department, coordinator, writer, settings):
    settings.MAIL, settings.BASE_URL, settings.DEFAULT_FROM_EMAIL = "smtp", "https://ayumi.example.jp", "a@example.jp"
    writer.email = "writer@example.jp"
    writer.save()
    inquiry = workflow.ask(
        department, "どう考えますか", by=coordinator, plan_year=opinion.plan_year, opinion=opinion
    )  # fmt: skip
    subject, body = wording.mail(writer, list(Notice.objects.select_related("plan_year__plan", "department")))
    assert subject == "【あゆみ】推進委員会の意見への回答のお願い（1-1-1-1　見守り）"
    address = reverse("reviews:inquiry_edit", args=[opinion.plan_year.plan_id, 2024, inquiry.pk])
    assert f"https://ayumi.example.jp{address}" in body
    assert [word for word in ("居場所", "どう考えますか", "委員 ") if word in body] == []


@pytest.mark.parametrize("way", ["cancelled", "withdrawn"])
def test_a_question_that_was_taken_back_shows_nothing_any_more(inquiry, opinion, writer, member, coordinator, way):
    assert Opinion.objects.visible_to(writer).exists()
    if way == "cancelled":
        workflow.cancel(inquiry, by=coordinator, version=inquiry.version)
    else:
        workflow.perform(opinion, "withdraw", by=member, version=opinion.version)
    assert not Opinion.objects.visible_to(writer).exists()
    assert not Inquiry.objects.visible_to(writer).exists()


def test_after_the_answer_is_confirmed_nothing_is_replied(inquiry, opinion, writer, coordinator):
    workflow.answer(opinion, {"kind": "noted", "text": "参考にします"}, by=coordinator, version=0)
    workflow.perform(opinion, "confirm", by=coordinator, version=opinion.version)
    with pytest.raises(TransitionError, match="確定"):
        workflow.reply(Inquiry.objects.get(), "遅れて", by=writer, seen="")


def test_a_department_may_be_asked_about_ratings(year, initiative, department, coordinator, writer):
    inquiry = workflow.ask(department, "なぜAですか", by=coordinator, plan_year=year, initiative=initiative)
    assert (inquiry.about, permissions.can_reply(writer, inquiry, year)) == ("1-1-1-1　見守り", True)
