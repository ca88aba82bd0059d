"""Comments on fields: said with a return, shown at the field until the part is sent again, and followed up."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives import history, workflow
from initiatives.models import EntryPart, FieldComment, Transition
from initiatives.workflow import TransitionError
from tests.factories import make_entry, make_initiative


@pytest.fixture
def address(plan_year):
    return lambda name, *args: reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


@pytest.fixture
def part(plan, plan_year, department):
    entry = make_entry(
        make_initiative(plan, "1-1-1-1", department), status="submitted", result="行った。", issues="続ける。",
        next_target="20回",
    )  # fmt: skip
    entry.parts.update(self_rating="A")
    return EntryPart.objects.select_related("department", "entry").get()


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def send_back(client, address, part, **data):
    return client.post(address("part_transition", part.pk, "return"), {"version": part.version} | data, follow=True)


@pytest.mark.parametrize(
    ("reason", "comments", "goes"),
    [
        ("理由", {}, True),
        ("", {"result": "数を書いてください。"}, True),
        ("理由", {"result": "数を書いてください。", "issues": " "}, True),
        ("　", {"result": "\n", "issues": ""}, False),
        ("", {}, False),
    ],
)
def test_a_reason_or_one_comment_is_asked_for(part, plan_year, coordinator, reason, comments, goes):
    if not goes:
        with pytest.raises(TransitionError, match="理由を書いてください"):
            workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason=reason, comments=comments)
        assert FieldComment.objects.count() == Transition.objects.count() == 0
        return
    step = workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason=reason, comments=comments)
    kept = {comment.field: comment.text for comment in step.comments.all()}
    assert kept == {field: text for field, text in comments.items() if text.strip()}


@pytest.mark.parametrize(("role", "status"), [("coordinator", "submitted"), ("manager", "awaiting_manager")])
def test_comments_are_shown_at_their_fields_until_it_is_sent_again(
    client, request, writer, address, part, plan_year, role, status
):
    EntryPart.objects.update(status=status)
    client.force_login(request.getfixturevalue(role))
    said = {
        "comment-result": "回数を書いてください。",
        "comment-self_rating": "Bではありませんか。",
        "comment-next_target": "数で。",
    }
    assert send_back(client, address, part, **said).status_code == 200
    client.force_login(writer)
    page = soup(client.get(address("part_edit", part.pk)))
    by = request.getfixturevalue(role).name
    shown = {pair["id"]: pair.select_one(".asked").get_text() for pair in page.select(".pair:has(.asked)")}
    assert shown == {
        "pair-result": f"{by}さんの指摘　回数を書いてください。",
        "pair-self_rating": f"{by}さんの指摘　Bではありませんか。",
        "pair-next_target": f"{by}さんの指摘　数で。",
    }
    assert "欄への指摘が3件あります。" in page.select_one(".notice--warn").get_text()
    home = soup(client.get(address("year_home")))
    assert f"{by}さん：「実績：回数を書いてください。」　欄への指摘3件" in home.select_one(".todo").get_text()
    part.refresh_from_db()
    workflow.perform(part, "request_confirmation", by=writer, plan_year=plan_year)
    workflow.perform(part, "withdraw", by=writer, plan_year=plan_year)
    assert soup(client.get(address("part_edit", part.pk))).select(".asked") == []
    # In the history they stay.
    told = soup(client.get(address("entry_detail", part.entry.initiative_id))).select_one(f"#h-told-{part.pk}").parent
    assert "差し戻しました（指摘3件）" in told.get_text() and "Bではありませんか。" in told.get_text()


def test_the_reviewer_sees_what_was_asked_and_whether_the_field_changed(
    client, coordinator, writer, manager, address, part, plan_year
):
    client.force_login(coordinator)
    send_back(
        client,
        address,
        part,
        **{"comment-result": "回数を。", "comment-issues": "いつ行うかを。", "comment-next_target": "もっと高く。"},
    )
    part.refresh_from_db()
    history.save_changes(part, {"result": "15回行った。"}, by=writer)
    history.save_changes(part.entry, {"next_target": "30回"}, by=writer)
    workflow.perform(part, "request_confirmation", by=writer, plan_year=plan_year)
    # The 課長's own comment does not push the office's aside.
    workflow.perform(part, "return", by=manager, plan_year=plan_year, comments={"issues": "もう少しくわしく。"})
    workflow.perform(part, "request_confirmation", by=writer, plan_year=plan_year)
    client.force_login(manager)
    seen = soup(client.get(address("confirm_list"))).select(".msg:has(b)")
    assert ["もう少しくわしく。" in line.get_text() for line in seen] == [True]
    workflow.perform(part, "submit", by=manager, plan_year=plan_year)
    client.force_login(coordinator)
    page = soup(client.get(address("review_part", part.pk)))
    lines = {section["aria-labelledby"]: section.select_one(".msg:has(b)") for section in page.select("section.rv")}
    said = {name: line.get_text() for name, line in lines.items() if line}
    assert {name: text.endswith("変わりました。") for name, text in said.items()} == {
        "h-result": True, "h-issues": False, "h-next_target": True,
    }  # fmt: skip
    assert "いつ行うかを。" in said["h-issues"]
    assert "20" in page.select_one("section[aria-labelledby=h-next_target] del").get_text()


def test_what_the_entry_has_only_once_is_asked_of_the_lead(
    client, coordinator, address, plan, plan_year, department, other_department
):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department, other_department), status="submitted")
    second = entry.parts.get(department=other_department)
    client.force_login(coordinator)
    page = soup(client.get(address("review_part", second.pk)))
    offered = [field["name"] for field in page.select("textarea[form=return]")]
    assert offered == ["comment-result", "comment-self_rating", "comment-issues"]
    send_back(client, address, second, reason="理由", **{"comment-next_target": "主担当に聞くこと"})
    assert FieldComment.objects.count() == 0
    lead = soup(client.get(address("review_part", entry.parts.get(department=department).pk)))
    assert "comment-next_target" in [field["name"] for field in lead.select("textarea[form=return]")]


def test_what_was_typed_comes_back_when_the_step_is_refused(client, coordinator, address, part):
    history.save_changes(part, {"result": "先に変わった文"}, by=None)
    client.force_login(coordinator)
    response = client.post(
        address("part_transition", part.pk, "return"),
        {"version": 1, "reason": "全体の理由", "comment-result": "実績への指摘", "comment-issues": ""},
    )
    assert response.status_code == 409
    page = soup(response)
    assert [text.get_text() for text in page.select(".quote")] == ["全体の理由", "実績への指摘"]
    assert [label.get_text() for label in page.select("section .b")] == ["理由", "「実績」への指摘"]
    too_long = client.post(address("part_transition", part.pk, "return"), {"version": 2, "comment-issues": "あ" * 2001})
    assert "「課題と次年度の予定」への指摘が長すぎます。2000字までにしてください。" in too_long.content.decode()
    assert FieldComment.objects.count() == 0


def test_only_those_who_may_return_are_offered_comments(client, coordinator, address, part):
    EntryPart.objects.update(status="draft")
    client.force_login(coordinator)
    assert soup(client.get(address("review_part", part.pk))).select("textarea[name^=comment-]") == []


def test_a_co_owner_reads_the_text_but_not_what_was_said_about_it(
    client, coordinator, other, address, plan, plan_year, department, other_department
):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department, other_department), status="submitted")
    mine = entry.parts.get(department=department)
    client.force_login(coordinator)
    send_back(client, address, mine, **{"comment-result": "漏れない指摘"})
    client.force_login(other)
    body = client.get(address("entry_detail", entry.initiative_id)).content.decode()
    assert "高齢課の実績" in body and "漏れない指摘" not in body
    assert "漏れない指摘" not in client.get(address("year_home")).content.decode()
