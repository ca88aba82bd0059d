"""版: 確定 freezes the year, 公表 shows it, 再開 leads to the next with its 正誤; nothing done later reaches one."""

import io
import json

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import Department, User
from indicators.models import Indicator
from initiatives import year_cycle
from initiatives.models import EntryPart, Goal, Initiative, Plan, PlanYear
from initiatives.workflow import TransitionError
from ledger import verify
from ledger.models import LedgerEntry
from reporting import builds, edition_cycle, files, snapshot
from reporting.assemble import assemble
from reporting.checks.run import run
from reporting.checks.year import context_of
from reporting.editions import last_report_of, report_of
from reporting.models import Chapter, ReportEdition
from reporting.permissions import can_view_edition
from tests.factories import PlanYearFactory, UserFactory, make_entry, make_file, make_indicator, make_initiative

pytestmark = pytest.mark.django_db
REASON = "資料のとおり"


@pytest.fixture
def year(plan, department):
    year = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="A", result="会議を3回開いた。")
    make_indicator(plan, values={2024: ("1", "2")})
    Chapter.objects.create(plan=plan, fiscal_year=2024, kind="overall", text="よい1年でした。")
    return year


@pytest.fixture
def edition(year, coordinator):
    return edition_cycle.finalize(year, by=coordinator, reason=REASON)


def fresh(year) -> PlanYear:
    return PlanYear.objects.select_related("plan").get(pk=year.pk)


def test_finalizing_keeps_the_report_as_it_stands(year, coordinator):
    before = assemble(year)
    edition = edition_cycle.finalize(year, by=coordinator, reason=REASON)
    assert (edition.number, edition.label, edition.state) == (1, "第1版", "finalized")
    assert edition.report == before
    assert edition.snapshot == snapshot.dumps(before)
    assert fresh(year).status == PlanYear.Status.FINALIZED
    assert year.transitions.get().action == "finalize"


def everything(year) -> dict[str, bytes]:
    """Every output of the year that needs no minute."""
    source = files.source_of(year, ReportEdition.objects.standing(year))
    made = {kind.key: kind.make(source, lambda percent, step: None) for kind in files.QUICK}
    return made | {"json": snapshot.dumps(report_of(year)).encode()}


def spoil(edition) -> None:
    """Change every text and number of every working table, as far as the database lets one."""
    for model in (Plan, Goal, Initiative, Department, EntryPart, Chapter):
        for column in model._meta.concrete_fields:
            if column.get_internal_type() == "TextField" and not column.choices:
                model.objects.update(**{column.name: "あとで変えた。"})
    Plan.objects.update(name="別の計画", city_name="別の市", goal_term="柱")
    Goal.objects.update(name="別の目標")
    Initiative.objects.update(name="別の取組")
    for department in Department.objects.all():
        Department.objects.filter(pk=department.pk).update(name=f"別の課{department.pk}", closed_after=2020)
    for model in apps.get_app_config("indicators").get_models():
        names = {column.name for column in model._meta.concrete_fields}
        if "actual" in names:
            model.objects.update(actual=99)


def test_nothing_done_later_reaches_an_edition(year, edition):
    before = everything(fresh(year))
    spoil(edition)
    assert everything(fresh(year)) == before
    assert last_report_of(fresh(year)) is None


def test_the_next_year_is_compared_with_the_edition(plan, year, edition):
    following = PlanYearFactory(plan=plan, fiscal_year=2025)
    spoil(edition)
    assert last_report_of(following) == edition.report
    assert context_of(following).last == edition.report


PAGES = ("summary", "low_ratings")


def test_the_pages_of_an_edition_tell_what_they_told_before(client, writer, plan, year, department, coordinator):
    """Ratings that fell since last year, a self-rating above the agreed one, a low rating of a year ago; then other names,
    other numbers, another plan."""
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.REVIEWING)
    falling, low = (make_initiative(plan, code, department, name=code) for code in ("1-1-1-2", "1-1-1-3"))
    for fiscal_year, ratings in ((2023, "AC"), (2024, "CB")):
        for initiative, rating in zip((falling, low), ratings, strict=True):
            make_entry(initiative, fiscal_year, rating=rating, low_rating_reason="人手が足りない。")
    EntryPart.objects.update(self_rating="A")
    client.force_login(writer)
    edition = edition_cycle.finalize(year, by=coordinator, reason=REASON)
    before = {name: page(client.get(address(name))).main.text for name in PAGES}
    sheets = cells(client.get(address("summary_excel")).content)
    assert "2段階低い" in before["summary"] and "人手が足りない。" in before["low_ratings"]
    spoil(edition)
    for number, initiative in enumerate(Initiative.objects.all(), 1):
        Initiative.objects.filter(pk=initiative.pk).update(code=f"9-9-9-{number}", position=50 - number)
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="D")
    PlanYear.objects.filter(fiscal_year=2023).update(status=PlanYear.Status.COLLECTING)
    assert {name: page(client.get(address(name))).main.text for name in PAGES} == before
    assert cells(client.get(address("summary_excel")).content) == sheets
    client.force_login(coordinator)
    # The check holds the edition against today's register of departments: it may find more, but it must find its way.
    for name in ("summary", "build_list", "check_list", "check_overview"):
        assert client.get(address(name)).status_code == 200


@pytest.mark.parametrize("name", ["indicator_list", "indicator_detail"])
def test_the_pages_of_indicators_show_what_the_edition_froze(client, coordinator, plan, year, name):
    indicator = Indicator.objects.get()
    where = reverse(f"indicators:{name}", args=[plan.pk, 2024, *([indicator.pk] if name == "indicator_detail" else [])])
    edition_cycle.finalize(year, by=coordinator, reason=REASON)
    client.force_login(coordinator)

    def told():
        rows = page(client.get(where)).main.select("table tr")
        return [" ".join(row.get_text(" ").split()) for row in rows]

    before = told()
    assert any("50.0％" in row for row in before)
    Indicator.objects.update(polarity="lower", name="別の指標", decimals=2)
    indicator.values.update(actual=99)
    assert told() == before


def test_the_page_of_an_initiative_tells_where_the_edition_has_it_otherwise(client, coordinator, plan, year):
    initiative = Initiative.objects.get()
    kept_name, department = initiative.name, initiative.owners.get().department
    where = reverse("initiatives:entry_detail", args=[plan.pk, 2024, initiative.pk])
    client.force_login(coordinator)

    def others():
        return [each.text for each in page(client.get(where)).select(".notice dl > *")]

    edition_cycle.finalize(year, by=coordinator, reason=REASON)
    assert others() == []
    Initiative.objects.update(name="つどいの場を増やす")
    Department.objects.filter(pk=department.pk).update(name="いきいき課")
    assert others() == [
        "取組名", f"報告書：{kept_name}今：つどいの場を増やす", "担当課", f"報告書：{department.name}今：いきいき課",
    ]  # fmt: skip
    Initiative.objects.update(name=kept_name, code="1-1-1-9")  # under another number since
    assert others()[:2] == ["番号", "報告書：1-1-1-1今：1-1-1-9"]
    PlanYear.objects.update(status=PlanYear.Status.COMMITTEE)
    assert others() == []


def cells(content: bytes) -> list:
    book = load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]


def test_an_edition_refuses_to_change(edition):
    for refused in (edition.save, edition.delete, lambda: ReportEdition.objects.update(snapshot="")):
        with pytest.raises(TypeError, match="append-only"):
            refused()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportEdition.objects.raw("UPDATE reporting_reportedition SET digest = '' RETURNING id")[0]


def test_a_snapshot_that_was_tampered_with_is_not_read(edition):
    text = edition.snapshot.replace("3回", "4回")
    kept = ReportEdition(plan_year=edition.plan_year, snapshot=text, digest=edition.digest, number=1)
    with pytest.raises(snapshot.SnapshotError):
        _ = kept.report


def test_what_is_doubtful_needs_a_reason_and_is_kept(year, coordinator, department):
    make_entry(make_initiative(year.plan, "1-1-1-2", department), rating="D", result="できなかった。", status="draft")
    Chapter.objects.create(plan=year.plan, fiscal_year=2024, kind="process", text="{{ない}}")
    with pytest.raises(
        TransitionError, match=r"承認していない記入が1件あります、整合性チェックに、直すところが[0-9]+件あります"
    ):
        edition_cycle.finalize(year, by=coordinator)
    assert fresh(year).status == PlanYear.Status.COMMITTEE and not ReportEdition.objects.exists()
    edition = edition_cycle.finalize(year, by=coordinator, reason="期限のため")
    step = edition.step("finalize")
    assert step.reason == "期限のため"
    assert {error["title"] for error in step.open_errors} >= {"数のしるし"} or step.open_errors
    with pytest.raises(TransitionError, match="理由を書いてください"):
        edition_cycle.publish(edition, by=coordinator)


def test_publishing_reopening_and_the_second_edition(office, year, edition, coordinator):
    edition_cycle.publish(edition, by=coordinator, reason=REASON)
    assert fresh(year).status == PlanYear.Status.PUBLISHED
    assert list(ReportEdition.objects.public()) == [edition]
    edition = ReportEdition.objects.get()
    edition_cycle.reopen(edition, by=coordinator, reason="数の誤り")
    assert fresh(year).status == PlanYear.Status.REVIEWING
    assert list(ReportEdition.objects.public()) == [edition], "what is public stays so"
    EntryPart.objects.update(result="会議を4回開いた。")
    assert report_of(fresh(year)).rows[0].result == "会議を4回開いた。"
    again = fresh(year)
    year_cycle.perform(again, "open_to_committee", by=coordinator)
    second = edition_cycle.finalize(again, by=coordinator, reason=REASON)
    assert second.number == 2 and second.before == edition
    source = files.source_of(again, second)
    assert [(each.wrong, each.right) for each in source.errata] == [("会議を3回開いた。", "会議を4回開いた。")]
    assert source.errata_since == "第1版"
    entry = LedgerEntry.objects.get(model="reporting.reportedition", row_id=second.pk)
    assert source.ledger == f"{entry.position}番目\n{entry.hash}"
    assert ReportEdition.objects.get(number=1).report.rows[0].result == "会議を3回開いた。"
    told = page(office.get(address("edition_detail", 2))).main.text
    assert "第1版から直したところは1か所です" in told and "年度を再開した理由：数の誤り" in told
    edition_cycle.publish(second, by=coordinator, reason=REASON)
    assert [each.number for each in ReportEdition.objects.public()] == [2, 1]
    assert list(verify.verify([])) == []


def test_withdrawn_is_no_longer_public(year, edition, coordinator):
    edition_cycle.publish(edition, by=coordinator, reason=REASON)
    edition = ReportEdition.objects.get()
    with pytest.raises(TransitionError, match="理由"):
        edition_cycle.withdraw(edition, by=coordinator, reason=" ")
    edition_cycle.withdraw(edition, by=coordinator, reason="個人の名前があった")
    assert not ReportEdition.objects.public().exists()
    assert ReportEdition.objects.get().state == "withdrawn"


def second_edition(year, edition, coordinator, *moves) -> tuple[PlanYear, ReportEdition]:
    """The same year 確定 once more with another text, after the moves with the first edition."""
    for move in moves:
        getattr(edition_cycle, move)(ReportEdition.objects.get(pk=edition.pk), by=coordinator, reason=REASON)
    EntryPart.objects.update(result="会議を4回開いた。")
    again = fresh(year)
    year_cycle.perform(again, "open_to_committee", by=coordinator)
    return again, edition_cycle.finalize(again, by=coordinator, reason=REASON)


@pytest.mark.parametrize("moves", [["reopen"], ["publish", "reopen", "withdraw"], ["publish", "withdraw", "reopen"]])
def test_a_list_of_corrections_tells_nothing_of_what_is_not_out(office, year, edition, coordinator, writer, moves):
    """What was wrong may be a person's name: the very reason why the edition was taken back."""
    again, second = second_edition(year, edition, coordinator, *moves)
    source = files.source_of(again, second)
    assert (source.errata, source.errata_since) == ((), "")
    shown = page(office.get(address("edition_detail", 2))).main
    assert "第1版から直したところは1か所です" in shown.text and "公表していない版なので" in shown.text
    edition_cycle.publish(second, by=coordinator, reason=REASON)
    office.force_login(writer)
    shown = page(office.get(address("edition_detail", 2))).main
    assert "前の版がないので" in shown.text and "会議を3回開いた" not in shown.text


def test_taking_back_tells_where_its_words_are_printed(office, year, edition, coordinator, writer):
    _, second = second_edition(year, edition, coordinator, "publish", "reopen")
    edition_cycle.publish(second, by=coordinator, reason=REASON)
    told = "第2版の正誤表に、この版の文がのっています"
    assert told in page(office.get(address("edition_step", 1, "withdraw"))).main.text
    assert told not in page(office.get(address("edition_step", 2, "withdraw"))).main.text
    edition_cycle.withdraw(ReportEdition.objects.get(number=1), by=coordinator, reason=REASON)
    office.force_login(writer)
    assert "直したところ" not in page(office.get(address("edition_detail", 2))).main.text


@pytest.mark.parametrize("role", [User.Role.STAFF, User.Role.MANAGER, User.Role.COMMITTEE, User.Role.ADMIN])
def test_only_the_office_moves_an_edition(year, role, coordinator):
    other = UserFactory(role=role)
    with pytest.raises(TransitionError):
        edition_cycle.finalize(year, by=other, reason=REASON)
    edition = edition_cycle.finalize(year, by=coordinator, reason=REASON)
    for move in (edition_cycle.publish, edition_cycle.reopen, edition_cycle.withdraw):
        with pytest.raises(TransitionError):
            move(edition, by=other, reason=REASON)
    assert fresh(year).status == PlanYear.Status.FINALIZED


MOVES = ("finalize", "publish", "reopen", "withdraw", "open_to_committee", "take_back", "start_again", "close", "edit")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(MOVES), min_size=4, max_size=14))
def test_whatever_is_pressed_editions_stay_as_they_were(db, plan, department, coordinator, moves):
    with transaction.atomic():
        year = PlanYearFactory(plan=plan, fiscal_year=2029, status=PlanYear.Status.COMMITTEE)
        make_entry(make_initiative(plan, f"1-1-1-{Initiative.objects.count() + 1}", department), 2029, rating="A")
        kept: dict[int, str] = {}
        for number, move in enumerate(moves):
            year = fresh(year)
            newest = ReportEdition.objects.filter(plan_year=year).order_by("-number").first()
            try:
                if move == "edit" and not year.is_locked:
                    EntryPart.objects.filter(entry__fiscal_year=2029).update(result=f"{number}回")
                elif move == "finalize":
                    made = edition_cycle.finalize(year, by=coordinator, reason=REASON)
                    kept[made.number] = made.snapshot
                elif move in ("publish", "reopen", "withdraw") and newest:
                    getattr(edition_cycle, move)(newest, by=coordinator, reason=REASON)
                elif move in year_cycle.ACTIONS:
                    year_cycle.perform(year, move, by=coordinator, reason=REASON)
            except TransitionError:
                pass
            year = fresh(year)
            editions = list(ReportEdition.objects.filter(plan_year=year).order_by("number"))
            assert {each.number: each.snapshot for each in editions} == kept
            assert [each.number for each in editions] == list(range(1, len(editions) + 1))
            public = {each.number for each in ReportEdition.objects.public().filter(plan_year=year)}
            assert public == {each.number for each in editions if each.is_public}
            assert (year.status == PlanYear.Status.PUBLISHED) <= bool(editions and editions[-1].step("publish"))
            if year.is_locked:
                assert snapshot.dumps(report_of(year)) == kept[max(kept)]
        transaction.set_rollback(True)


STATES = [["finalize"], ["finalize", "publish"], ["finalize", "reopen"], ["finalize", "publish", "reopen"],
          ["finalize", "publish", "reopen", "withdraw"]]  # fmt: skip


@pytest.mark.parametrize("moves", STATES, ids="-".join)
def test_who_may_read_an_edition_is_one_rule(year, coordinator, department, moves):
    """permissions.can_view_edition, the list, the page and its files say the same, in every state and for everybody."""
    edition = edition_cycle.finalize(year, by=coordinator, reason=REASON)
    file = make_file(edition, coordinator)
    for move in moves[1:]:
        getattr(edition_cycle, move)(ReportEdition.objects.get(), by=coordinator, reason=REASON)
    edition = ReportEdition.objects.with_steps().get()
    assert edition.is_public == ReportEdition.objects.public().exists()
    people = [UserFactory(role=role) for role in User.Role.values] + [
        UserFactory(role=User.Role.COORDINATOR, is_active=False)
    ]
    for person in people:
        may = can_view_edition(person, edition)
        assert ReportEdition.objects.visible_to(person).exists() == may, person.role
        client = Client()
        if person.is_active:
            client.force_login(person)
            assert (client.get(address("edition_detail", 1)).status_code == 200) == may, person.role
            got = client.get(reverse("reporting:build_file", args=[file.pk]))
            assert (got.status_code == 200) == may, person.role
    office = [person for person in people if person.is_coordinator and person.is_active]
    assert all(can_view_edition(person, edition) for person in office)


def test_a_file_that_was_changed_is_not_handed_out(office, edition, coordinator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = make_file(edition, coordinator, b"%PDF-1.7 what was made")
    download = reverse("reporting:build_file", args=[file.pk])
    assert b"".join(office.get(download).streaming_content) == b"%PDF-1.7 what was made"
    for spoil in (lambda path: path.write_bytes(b"%PDF-1.7 what was made up"), lambda path: path.unlink()):
        spoil(tmp_path / file.file.name)
        answer = office.get(download)
        assert answer.status_code == 409 and "このファイルは、作ったときと違っています" in page(answer).h1.text
        assert builds.is_damaged(file)
    made = builds.start(edition.plan_year, by=coordinator)
    assert made != file and made.status == "waiting", "it may be made again"


# --- Pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def page(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def address(name: str, *more) -> str:
    return reverse(f"reporting:{name}", args=[Plan.objects.get().pk, 2024, *more])


def test_from_the_committee_to_the_public_by_the_pages(office, year, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert page(office.get(address("edition_new"))).h1.text.startswith("令和6年度を確定して")
    response = office.post(address("edition_new"), {"reason": REASON}, follow=True)
    assert "第1版は「確定」です" in page(response).h1.text
    publish = page(response).find("a", string="公表する")["href"]
    response = office.post(publish, {"reason": REASON}, follow=True)
    assert "第1版は「公表」です" in page(response).h1.text
    step = page(response).find("a", string="再開する")["href"]
    assert office.post(step, {"reason": ""}).status_code == 422
    assert "第1版は「公表」です" in page(office.post(step, {"reason": "誤り"}, follow=True)).h1.text
    assert fresh(year).status == PlanYear.Status.REVIEWING


def test_only_what_was_looked_at_becomes_an_edition(office, year):
    seen = page(office.get(address("edition_new"))).find("input", {"name": "seen"})["value"]
    EntryPart.objects.update(result="会議を4回開いた。")
    response = office.post(address("edition_new"), {"reason": "審議が終わった", "seen": seen})
    shown = page(response)
    assert response.status_code == 409 and "内容が変わりました" in shown.find(role="alert").text
    assert shown.textarea.text.strip() == "審議が終わった"
    assert not ReportEdition.objects.exists() and fresh(year).status == PlanYear.Status.COMMITTEE
    seen = shown.find("input", {"name": "seen"})["value"]
    assert office.post(address("edition_new"), {"reason": REASON, "seen": seen}).status_code == 302
    assert ReportEdition.objects.get().digest == seen


def test_pressing_twice_or_too_late_says_so(office, year, edition):
    response = office.post(address("edition_new"), {"reason": REASON})
    assert response.status_code == 409
    assert "「確定」なので" in page(response).text or "確定できません" in page(response).text
    assert ReportEdition.objects.count() == 1


def test_a_published_edition_is_read_by_all_and_a_finalized_one_by_the_office(
    client, year, edition, coordinator, writer
):
    client.force_login(writer)
    assert client.get(address("edition_detail", 1)).status_code == 404
    edition_cycle.publish(edition, by=coordinator, reason=REASON)
    response = client.get(address("edition_detail", 1))
    assert response.status_code == 200
    assert REASON not in response.content.decode(), "why something was published all the same is the office's"


def test_open_errors_are_shown_with_the_step(office, year, coordinator):
    Chapter.objects.create(plan=year.plan, fiscal_year=2024, kind="process", text="{{ない}}")
    wanted = [one for one in run(context_of(year)) if one.severity == "must"]
    edition = edition_cycle.finalize(year, by=coordinator, reason="期限のため")
    told = json.dumps(edition.step("finalize").open_errors, ensure_ascii=False)
    assert wanted and all(one.place.label in told for one in wanted)
    assert f"残っていた指摘{len(wanted)}件" in page(office.get(address("edition_detail", 1))).text
