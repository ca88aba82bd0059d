"""What the demo's committee says and the city answers, made through the functions of the application.

`opinions.csv`: about is an initiative's code, 目標4, I01, 1/vision (a chapter and, with paragraph, one of its paragraphs),
or 報告書. Everything stands in the order in which it happened; the days are those of the table, not of the loading.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import User
from initiatives import fiscal_year as fy
from initiatives.models import Mail, Notice, PlanYear, Policy
from initiatives.notices import delivery
from reporting import meetings, opened
from reporting.demo import source
from reporting.demo.steps import staff_of
from reporting.models import Meeting
from reporting.reading import INDICATOR, INITIATIVE, Reading
from reviews import workflow
from reviews.anchors import CHAPTER, GOAL, REPORT, Anchor
from reviews.desk import Desk
from reviews.models import Assignment, CommitteeReview, Inquiry, Opinion, Response
from reviews.workflow import Subject

READ = 6  # things that the printed member has read
SEEN = (
    "2026-11-13",
    "市役所の会議室",
    ["令和6年度の推進状況報告書（案）について", "委員の分担と、意見の出し方について"],
)


def build(city) -> None:
    members = _members(city)
    lines = source.table("opinions")
    for short in ("R5", "R6"):
        plan_year = PlanYear.objects.select_related("plan").get(plan=city.plan, fiscal_year=fy.parse(short))
        with _deliberating(plan_year):
            if short == "R6":
                _share_out(city, plan_year, members)
                _meet(city, plan_year)
                _rate(city, plan_year, members)
            found = opened.reading(plan_year)
            for line in lines:
                if line["year"] == short:
                    _opinion(city, plan_year, found, members[line["member"]], line)
            if short == "R6":
                _read(plan_year, members["iin"])
    _told()


def _told() -> None:
    """The departments were told when they were asked: nothing is left for the loading to send."""
    asked = {inquiry.pk: inquiry.asked_at for inquiry in Inquiry.objects.all()}
    for notice in Notice.objects.filter(kind=Notice.Kind.ASKED).select_related("plan_year__plan", "recipient"):
        notice.created_at = asked[notice.facts["number"]]
        mail = delivery.mail_of([notice])
        mail.state, mail.attempts = Mail.State.SENT, 1
        mail.created_at = mail.queued_at = mail.tried_at = mail.sent_at = notice.created_at
        mail.save()
        notice.mail = mail
        notice.save()


@contextmanager
def _deliberating(plan_year: PlanYear) -> Iterator[None]:
    """As the year stood when all this was said, on whichever day the demo is loaded."""
    before = {name: getattr(plan_year, name) for name in ("status", "committee_start", "committee_deadline")}
    _set(plan_year, {"status": PlanYear.Status.COMMITTEE, "committee_start": None, "committee_deadline": None})
    yield
    _set(plan_year, before)


def _set(plan_year: PlanYear, values: dict) -> None:
    PlanYear.objects.filter(pk=plan_year.pk).update(**values)
    for name, value in values.items():
        setattr(plan_year, name, value)


def _members(city) -> dict[str, User]:
    """Only the printed account has a password."""
    lines = source.table("members")
    made = {"iin": city.people["iin"]}
    for line in lines:
        if line["name"]:
            made[line["username"]] = User.objects.create(
                username=line["username"], name=line["name"], role=User.Role.COMMITTEE, password=make_password(None),
                email=f"{line['username']}@example.jp", created_at=source.moment("2024-04-01T09:00"),
            )  # fmt: skip
    return made


def _share_out(city, plan_year: PlanYear, members: dict[str, User]) -> None:
    """目標3, 2-1 (a policy), 4-1-4-4 (an initiative)."""
    policies = {each.code: each for each in Policy.objects.filter(goal__plan=city.plan).select_related("goal")}
    for line in source.table("members"):
        for share in filter(None, line["share"].split(";")):
            if share.startswith("目標"):
                row = {"goal": city.goals[int(share.removeprefix("目標"))]}
            else:
                row = {"policy": policies[share]} if share in policies else {"initiative": city.initiatives[share]}
            Assignment.objects.create(plan_year=plan_year, member=members[line["username"]], **row)


def _meet(city, plan_year: PlanYear) -> None:
    day, place, agenda = SEEN
    meeting = Meeting(plan_year=plan_year)
    values = {"number": 1, "held_on": day, "place": place, "agenda": "\n".join(agenda), "edition": None}
    meetings.save(meeting, values, by=city.people["soumu"], version=0)
    meetings.freeze(meeting, by=city.people["soumu"])


def _rate(city, plan_year: PlanYear, members: dict[str, User]) -> None:
    for line in source.table("member_ratings"):
        initiative = city.initiatives[line["code"]]
        workflow.rate(plan_year, initiative, line["rating"], line["reason"], by=members[line["member"]])


def _read(plan_year: PlanYear, member: User) -> None:
    for item in opened.reading_list(plan_year, member).items[:READ]:
        opened.mark(plan_year, member, item.thing, read=True)


# --- One opinion ------------------------------------------------------------------------------------------


def _opinion(city, plan_year: PlanYear, found: Reading, member: User, line: dict[str, str]) -> None:
    at = source.moment(line["at"])
    subject, quoted = _subject(city, found, line)
    if line["state"] == "draft":
        desk = Desk(plan_year, member, subject, quoted=quoted)
        desk.keep({"text": line["text"]}, {"text": ""})
        return
    opinion = workflow.submit(plan_year, subject, line["text"], by=member, quoted=quoted)
    Opinion.objects.filter(pk=opinion.pk).update(submitted_at=at)
    if line["state"] == "withdrawn":
        workflow.perform(opinion, "withdraw", by=member, version=opinion.version)
        return
    if line["department"]:
        _ask(city, plan_year, opinion, line, at)
    if line["kind"]:
        _answer(city, opinion, line, at)


def _subject(city, found: Reading, line: dict[str, str]) -> tuple[Subject, str]:
    about, goals = line["about"], {goal.number: goal for goal in city.goals.values()}
    if about == "報告書":
        key = REPORT
    elif about.startswith("目標"):
        key = Anchor(GOAL, int(about.removeprefix("目標"))).key
    elif "/" in about:
        number, _, kind = about.partition("/")
        key = Anchor(CHAPTER, int(number), kind).key
    elif about in city.initiatives:
        key = Anchor(INITIATIVE, city.initiatives[about].pk).key
    else:
        key = next(key for key, each in found.things.items() if each.kind == INDICATOR and each.series.code == about)
    thing = found.things[key]
    row = int(key.partition("-")[2]) if thing.kind in (INITIATIVE, INDICATOR) else None
    subject = Subject(
        key, thing.title, goals.get(thing.goal),
        row if thing.kind == INITIATIVE else None, row if thing.kind == INDICATOR else None,
    )  # fmt: skip
    return subject, thing.paragraphs[int(line["paragraph"]) - 1] if line["paragraph"] else ""


def _ask(city, plan_year: PlanYear, opinion: Opinion, line: dict[str, str], at: datetime) -> None:
    department = city.departments[line["department"]]
    inquiry = workflow.ask(
        department, line["question"], by=city.people["soumu"], plan_year=plan_year, opinion=opinion
    )  # fmt: skip
    Inquiry.objects.filter(pk=inquiry.pk).update(asked_at=source.office_time(at + timedelta(days=1)))
    if line["reply"]:
        workflow.reply(inquiry, line["reply"], by=staff_of(department), seen="")
        Inquiry.objects.filter(pk=inquiry.pk).update(replied_at=source.office_time(at + timedelta(days=4)))


def _answer(city, opinion: Opinion, line: dict[str, str], at: datetime) -> None:
    office = city.people["soumu"]
    workflow.answer(opinion, {"kind": line["kind"], "text": line["answer"]}, by=office, version=0)
    if not line["confirmed"]:
        return
    opinion.refresh_from_db()
    workflow.perform(opinion, "confirm", by=office, version=opinion.version)
    Response.objects.filter(opinion=opinion).update(confirmed_at=source.office_time(at + timedelta(days=6)))
    if line["summary"]:
        answer = Response.objects.get(opinion=opinion)
        workflow.publish(opinion, line["summary"], published=True, by=office, version=answer.version)
    if line["follow_up"]:
        workflow.leave(opinion, line["follow_up"], opinion.initiative, by=office, version=0)


def confirm_reviews(city, year: int) -> None:
    """The reviews of a year that is done were read by the committee."""
    CommitteeReview.objects.filter(plan=city.plan, fiscal_year=year).update(
        state=CommitteeReview.State.CONFIRMED, author=city.people["soumu"]
    )
