"""A random walk of everybody over everything that can be done with opinions, through the pages.

Every text that is typed is unmistakable. What may be done by whom, and who may read which text when, is written here a
second time in the words of the product: this file asks nothing of permissions.py, workflow.py or the QuerySets. After
each step some person's pages are searched: a text that is not for those eyes, an older text, or a step that should have
been refused ends the walk.

AYUMI_OPINIONS: how many steps (20; 2000 for the long run).
"""

import os
import random
import re
from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from initiatives.models import PlanYear
from reviews.models import Assignment, CommitteeRating, FollowUp, Inquiry, Opinion, OpinionDraft, Response
from tests.factories import DepartmentFactory, PlanFactory, PlanYearFactory, UserFactory, make_entry, make_initiative

pytestmark = [pytest.mark.django_db, pytest.mark.either]
STEPS = int(os.environ.get("AYUMI_OPINIONS", "20"))
TEXT = re.compile(r"検知\d+番")
MEMBERS, OFFICE, OWN, OTHER, ADMIN = ("委員1", "委員2"), "福祉総務課", "高齢課の人", "防災課の人", "管理者"
PEOPLE = (*MEMBERS, OFFICE, OWN, OTHER, ADMIN)
DEPARTMENT = {OWN: "高齢課", OTHER: "防災課"}
TABLES = (Opinion, OpinionDraft, CommitteeRating, Inquiry, Response, FollowUp, Assignment)


@dataclass
class Asked:
    """A question to one department, as the walk knows it."""

    pk: int
    department: str
    state: str = "asked"
    question: str = ""
    draft: str = ""
    reply: str = ""


@dataclass
class Said:
    """An opinion, as the walk knows it."""

    pk: int
    author: str
    text: str
    stands: bool = True
    right: str = ""  # typed to put it right, not sent
    asked: list[Asked] = field(default_factory=list)
    answer: str = ""
    confirmed: bool = False
    summary: str = ""
    published: bool = False
    left: str = ""

    def departments(self) -> set[str]:
        return {each.department for each in self.asked if each.state != "cancelled"} if self.stands else set()


class World:
    def __init__(self, chance: random.Random):
        self.chance, self.count = chance, 0
        self.plan = PlanFactory(first_year=2020, last_year=2030)
        departments = {name: DepartmentFactory(name=name) for name in DEPARTMENT.values()}
        self.departments = departments
        roles = dict.fromkeys(MEMBERS, User.Role.COMMITTEE) | {OFFICE: User.Role.COORDINATOR, ADMIN: User.Role.ADMIN}
        self.users = {
            name: UserFactory(name=name, role=roles.get(name, User.Role.STAFF), of=[departments[DEPARTMENT[name]]] if name in DEPARTMENT else [])
            for name in PEOPLE
        }  # fmt: skip
        self.clients = {name: Client() for name in PEOPLE}
        for name, client in self.clients.items():
            client.force_login(self.users[name])
        self.year = PlanYearFactory(plan=self.plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
        PlanYearFactory(plan=self.plan, fiscal_year=2025)
        self.initiative = make_initiative(self.plan, "1-1-1-1", departments["高齢課"])
        make_entry(self.initiative, 2024, rating="A")
        self.part = make_entry(self.initiative, 2025, status="draft").parts.get()
        self.anchor = f"initiative-{self.initiative.pk}"
        self.drafts, self.reasons, self.reason_drafts = {}, {}, {}
        self.said: list[Said] = []
        self.is_over = self.is_committee = False
        self._set_year()

    def _set_year(self) -> None:
        day = timezone.localdate() - timezone.timedelta(days=1) if self.is_over else None
        status = PlanYear.Status.REVIEWING if self.is_committee else PlanYear.Status.COMMITTEE
        PlanYear.objects.filter(pk=self.year.pk).update(committee_deadline=day, status=status)

    @property
    def deliberating(self) -> bool:
        return not self.is_committee

    @property
    def open(self) -> bool:
        return self.deliberating and not self.is_over

    # --- Who may read what ----------------------------------------------------------------------------------

    def readers(self) -> dict[str, set[str]]:
        """Everyone who may meet each text that stands somewhere now; of any other text nobody."""
        found: dict[str, set[str]] = {}
        everyone_in = {*MEMBERS, OFFICE} if self.deliberating else {OFFICE}

        def of(text: str, *people: str) -> None:
            if text:
                found.setdefault(text, set()).update(people)

        for name in MEMBERS:
            of(self.drafts.get(name, ""), name)
            of(self.reason_drafts.get(name, ""), name)
            of(self.reasons.get(name, ""), name, OFFICE, *(MEMBERS if self.is_over else ()))
        for said in self.said:
            people = {person for person, name in DEPARTMENT.items() if name in said.departments()}
            of(said.right, said.author)
            of(said.text, said.author, *(everyone_in | people if said.stands else ()))
            of(said.answer, OFFICE, *(everyone_in | people if said.confirmed else ()))
            of(said.summary, OFFICE)
            of(said.left, OFFICE, OWN)  # beside the initiative, in the year after
            if said.published:
                of(said.summary, *PEOPLE)
                of(said.answer, *PEOPLE)
            for asked in said.asked:
                own = {person for person in people if DEPARTMENT[person] == asked.department}
                of(asked.question, OFFICE, *own)
                of(asked.reply, OFFICE, *own)
                of(asked.draft, *own)
        return found

    def pages_of(self, name: str) -> list[str]:
        year = [self.plan.pk, 2024]
        pages = [reverse("initiatives:year_home", args=year), reverse("reporting:reading_list", args=year)]
        pages += [
            reverse("reporting:reading", args=[*year, self.anchor]),
            reverse("reporting:reading_print", args=year),
        ]
        pages += [
            reverse(f"reviews:{page}", args=year)
            for page in ("opinion_list", "inquiry_list", "divergence", "follow_up_list")
        ]
        pages += [reverse("reviews:rating_detail", args=[*year, self.initiative.pk])]
        pages += [reverse("initiatives:entry_detail", args=[*year, self.initiative.pk])]
        pages += [reverse("reporting:opinion_table", args=year), reverse("reviews:review_edit", args=[*year, 1])]
        pages += [reverse("initiatives:part_edit", args=[self.plan.pk, 2025, self.part.pk])]
        pages += [reverse("reviews:follow_up_list", args=[self.plan.pk, 2025])]
        for said in self.said[-6:]:
            pages.append(reverse("reviews:opinion_detail", args=[*year, said.pk]))
            pages.append(reverse("reporting:reading", args=[*year, self.anchor]) + f"?opinion={said.pk}")
            pages += [reverse("reviews:inquiry_edit", args=[*year, asked.pk]) for asked in said.asked]
        return pages

    def search(self, name: str) -> int:
        """Look at all of a person's pages; how many texts were met, none of them wrongly."""
        readers, met = self.readers(), 0
        for page in self.pages_of(name):
            content = self.clients[name].get(page).content.decode()
            for text in set(TEXT.findall(content)):
                assert name in readers.get(text, ()), f"{name} {page} {text}"
                met += 1
            if name in DEPARTMENT:
                assert not any(f"{member} 委員" in content or f"<b>{member}" in content for member in MEMBERS), page
        return met

    # --- What may be done -----------------------------------------------------------------------------------

    def text(self) -> str:
        self.count += 1
        return f"検知{self.count}番"

    def post(self, name: str, view: str, *args, query: str = "", **data) -> int:
        address = reverse(view, args=[self.plan.pk, 2024, *args]) + query
        return self.clients[name].post(address, data).status_code

    def pick(self) -> Said | None:
        return self.chance.choice(self.said) if self.said else None

    def form(self, name: str, **typed) -> dict:
        """What stands in the form, with what is typed laid over it."""
        mine = OpinionDraft.objects.filter(author=self.users[name], opinion=None).first()
        rated = CommitteeRating.objects.filter(author=self.users[name]).first()
        now = {"text": "", "rating": rated.rating if rated else "", "rating_reason": rated.reason if rated else ""}
        if mine:
            now = {"text": mine.text, "rating": mine.rating, "rating_reason": mine.rating_reason}
        return {f"seen-{key}": value for key, value in now.items()} | now | typed

    def begin(self) -> None:
        """Something to walk over: each member has said something, and one department was asked about it."""
        for name in MEMBERS:
            self.type(name)
            self.send(name)
            self.type(name)
        self.ask(OFFICE)
        self.reply(OWN)

    def type(self, name: str) -> None:
        text = self.text()
        self.post(name, "reporting:reading", self.anchor, **self.form(name, text=text, then="save"))
        if name in MEMBERS and self.open:
            self.drafts[name] = text

    def type_rating(self, name: str) -> None:
        text = self.text()
        typed = self.form(name, rating="C", rating_reason=text, then="save")
        self.post(name, "reporting:reading", self.anchor, **typed)
        if name in MEMBERS and self.open:
            self.reason_drafts[name] = text

    def send(self, name: str) -> None:
        self.post(name, "reporting:reading", self.anchor, **self.form(name, then="send"))
        if name in MEMBERS and self.open:
            if text := self.drafts.pop(name, ""):
                self.said.append(Said(Opinion.objects.latest("pk").pk, name, text))
            if reason := self.reason_drafts.pop(name, ""):
                self.reasons[name] = reason

    def put_right(self, name: str) -> None:
        said = self.pick()
        if said is None:
            return
        text, then = self.text(), self.chance.choice(["save", "send"])
        now = said.right or said.text
        typed = {"text": text, "seen-text": now, "then": then}
        self.post(name, "reporting:reading", self.anchor, query=f"?opinion={said.pk}", **typed)
        if name == said.author and self.open and not said.confirmed:
            if then == "send":
                said.text, said.right, said.stands = text, "", True
            else:
                said.right = text

    def withdraw(self, name: str) -> None:
        said = self.pick()
        if said is None:
            return
        version = Opinion.objects.get(pk=said.pk).version
        self.post(name, "reviews:opinion_withdraw", said.pk, version=version)
        if name == said.author and self.open and not said.confirmed:
            said.stands = False

    def ask(self, name: str) -> None:
        said, text = self.pick(), self.text()
        if said is None:
            return
        department = self.chance.choice(list(self.departments.values()))
        self.post(name, "reviews:opinion_ask", said.pk, department=department.pk, question=text)
        known = next((each for each in said.asked if each.department == department.name), None)
        if name == OFFICE and self.deliberating and said.stands and (known is None or known.state != "asked"):
            if known is None:
                known = Asked(Inquiry.objects.latest("pk").pk, department.name)
                said.asked.append(known)
            known.state, known.question = "asked", text

    def cancel(self, name: str) -> None:
        said = self.pick()
        if said is None or not said.asked:
            return
        asked = self.chance.choice(said.asked)
        version = Inquiry.objects.get(pk=asked.pk).version
        self.post(name, "reviews:inquiry_cancel", asked.pk, version=version)
        if name == OFFICE and self.deliberating and said.stands:
            asked.state = "cancelled"

    def reply(self, name: str) -> None:
        said, text = self.pick(), self.text()
        if said is None or not said.asked:
            return
        asked, then = self.chance.choice(said.asked), self.chance.choice(["save", "send"])
        typed = {"reply": text, "seen-reply": asked.draft or asked.reply, "then": then}
        self.post(name, "reviews:inquiry_edit", asked.pk, **typed)
        may = DEPARTMENT.get(name) == asked.department and asked.state != "cancelled" and said.stands
        if may and self.deliberating and not said.confirmed:
            if then == "send":
                asked.reply, asked.draft, asked.state = text, "", "replied"
            else:
                asked.draft = text

    def answer(self, name: str) -> None:
        said, text, then = self.pick(), self.text(), self.chance.choice(["save", "confirm"])
        if said is None:
            return
        row, version = Response.objects.filter(opinion=said.pk).first(), Opinion.objects.get(pk=said.pk).version
        typed = {"version": row.version if row else 0, "opinion_version": version, "kind": "noted", "text": text}
        self.post(name, "reviews:opinion_answer", said.pk, then=then, **typed)
        if name == OFFICE and self.deliberating and said.stands and not said.confirmed:
            said.answer, said.confirmed = text, then == "confirm"

    def reopen(self, name: str) -> None:
        said = self.pick()
        if said is None:
            return
        self.post(name, "reviews:opinion_reopen", said.pk, version=Opinion.objects.get(pk=said.pk).version)
        if name == OFFICE and self.deliberating and said.confirmed:
            said.confirmed = said.published = False

    def publish(self, name: str) -> None:
        said, text, then = self.pick(), self.text(), self.chance.choice(["publish", "hide"])
        if said is None:
            return
        row = Response.objects.filter(opinion=said.pk).first()
        self.post(name, "reviews:opinion_publish", said.pk, version=row.version if row else 0, summary=text, then=then)
        if name == OFFICE and self.deliberating and said.confirmed:
            said.summary, said.published = text, then == "publish"

    def leave(self, name: str) -> None:
        said, text = self.pick(), self.text()
        if said is None:
            return
        row = FollowUp.objects.filter(opinion=said.pk).first()
        typed = {"version": row.version if row else 0, "text": text, "code": "1-1-1-1"}
        self.post(name, "reviews:opinion_follow_up", said.pk, **typed)
        if name == OFFICE and self.deliberating and said.stands:
            said.left = text

    def turn_the_calendar(self, name: str) -> None:
        """The last day passes, or is moved; the year is taken back from the committee, or opened again."""
        if self.chance.random() < 0.6:
            self.is_over = not self.is_over and self.chance.random() < 0.5
        else:
            self.is_committee = not self.is_committee and self.chance.random() < 0.4
        self._set_year()


OFTEN = ["type", "type_rating", "send", "send", "put_right", "ask", "reply", "reply", "answer", "publish"]
SELDOM = ["withdraw", "cancel", "reopen", "leave", "turn_the_calendar"]
DOERS = {
    "type": MEMBERS, "type_rating": MEMBERS, "send": MEMBERS, "put_right": MEMBERS, "withdraw": MEMBERS,
    "reply": (OWN, OTHER),
}  # fmt: skip


def test_nothing_is_read_or_done_that_must_not_be(capsys):
    seed = 7 if os.environ.get("CI") == "true" else random.randrange(10**6)  # on CI the same tree gets the same answer
    chance = random.Random(seed)
    world, met = World(chance), dict.fromkeys(PEOPLE, 0)
    world.begin()
    for step in range(STEPS):
        action = chance.choice(OFTEN + SELDOM)
        # Mostly somebody whose business it is, sometimes anybody.
        name = chance.choice(DOERS.get(action, (OFFICE,)) if chance.random() < 0.8 else PEOPLE)
        try:
            getattr(world, action)(name)
            _agrees(world)
            reader = chance.choice(PEOPLE)
            met[reader] += world.search(reader)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, step {step}: {action} by {name}: {error}") from error
    for name in PEOPLE:
        met[name] += world.search(name)
    with capsys.disabled():
        print(
            f"\n  {STEPS} steps, {len(world.said)} opinions, seed {seed}: nothing wrongly read of {sum(met.values())} texts met"
        )
    assert met[OFFICE] and any(met[name] for name in MEMBERS)


def _agrees(world: World) -> None:
    """The tables hold what the walk expects: every step that may be taken was, and no other."""
    rows = {each.pk: each for each in Opinion.objects.all()}
    assert set(rows) == {said.pk for said in world.said}
    for said in world.said:
        row = rows[said.pk]
        assert (row.text, row.state) == (said.text, "submitted" if said.stands else "withdrawn")
        answer = Response.objects.filter(opinion=row).first()
        assert (answer.text, answer.state == "confirmed", answer.summary, answer.is_published) == (
            said.answer, said.confirmed, said.summary, said.published
        ) if answer else not said.answer  # fmt: skip
        for asked in said.asked:
            kept = Inquiry.objects.get(pk=asked.pk)
            assert (kept.state, kept.draft, kept.reply) == (asked.state, asked.draft, asked.reply)
    typed = {each.author.name: each for each in OpinionDraft.objects.filter(opinion=None).select_related("author")}
    for name in MEMBERS:
        assert (typed[name].text if name in typed else "") == world.drafts.get(name, "")


BROKEN = {
    "what was withdrawn": ("reviews.models.opinion.OpinionQuerySet.visible_to", lambda rows, user: rows.all()),
    "how others rate": ("reviews.permissions.can_view_ratings", lambda *people: True),
    "an answer that is not done": ("reviews.models.Opinion.answer_state", property(lambda opinion: "confirmed")),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_walk_notices_a_broken_rule(rule, monkeypatch):
    world = World(random.Random(1))
    world.type_rating(MEMBERS[0])
    world.begin()
    world.pick = lambda: world.said[0]
    world.withdraw(MEMBERS[0])
    world.pick = lambda: world.said[1]
    world.chance.choice = lambda options: options[0]
    world.answer(OFFICE)
    assert world.search(MEMBERS[1])
    monkeypatch.setattr(*BROKEN[rule])
    with pytest.raises(AssertionError, match=r"検知\d+番"):
        world.search(MEMBERS[1])
