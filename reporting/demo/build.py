"""The demo city's rows, in order of dependence. Same rows each time: no chance, no clock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from accounts.models import Department, Membership, User
from indicators.models import FigureRule, Indicator, IndicatorGoal, IndicatorValue
from initiatives import fiscal_year as fy
from initiatives.grouping import grouped
from initiatives.models import (
    Direction,
    EntryPart,
    FieldChange,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Mail,
    Notice,
    Partner,
    Plan,
    PlanYear,
    Policy,
    RatingLevel,
    YearlyEntry,
)
from initiatives.notices import delivery, outbox, words
from ledger.chain import recording
from reporting import edition_cycle
from reporting.demo import committee, source, steps
from reporting.models import Chapter, CityEvent, Footnote
from reviews.models import CommitteeReview

PASSWORD = "ayumi-demo-2026"
YEARS = (2023, 2024, 2025)
COLLECTED = 2025  # the year that is being written; the others are approved throughout
APPROVED_FROM = {2023: date(2025, 1, 8), 2024: date(2026, 1, 7)}
CHAPTERS_FROM = {2023: date(2025, 1, 20), 2024: date(2026, 1, 19)}
WRITTEN_FROM = {2023: date(2024, 11, 5), 2024: date(2025, 11, 4), 2025: date(2026, 10, 19)}

# One letter a part in departments.csv, in plan order and over again from the start.
Status = EntryPart.Status
PROGRESS = {
    "未": Status.NOT_STARTED,
    "作": Status.DRAFT,
    "確": Status.AWAITING_MANAGER,
    "提": Status.SUBMITTED,
    "差": Status.RETURNED,
    "承": Status.APPROVED,
}
SENT = (Status.AWAITING_MANAGER, Status.SUBMITTED, Status.RETURNED, Status.APPROVED)


@dataclass
class Facts:
    """One line of initiatives.csv."""

    row: dict[str, str]
    own_from: int | None  # the year from which a cross-listing holds its own text
    own_reason: str

    @property
    def code(self) -> str:
        return self.row["code"]

    @property
    def first_year(self) -> int | None:
        return fy.parse(self.row["first_year"]) if self.row["first_year"] else None

    def of(self, name: str, year: int) -> str:
        """A fact of a year; ratings and targets have a column for each."""
        return self.row.get(f"{name}_{fy.short(year).lower()}", "")

    def writes(self, year: int) -> bool:
        """Whether departments write this row themselves: originals, and cross-listings that hold their own."""
        return not self.row["original"] or (self.own_from is not None and self.own_from <= year)

    def departments(self, year: int) -> list[str]:
        return (self.of("departments", year) or self.row["departments"]).split(";")


@dataclass
class City:
    """What is made so far, by the names that the data use."""

    departments: dict[str, Department]
    people: dict[str, User]
    plan: Plan
    goals: dict[int, Goal]
    directions: dict[str, Direction]
    initiatives: dict[str, Initiative]
    facts: dict[str, Facts]


@recording()
def build() -> Plan:
    departments = _departments()
    people = _people(departments)
    plan, goals, directions = _structure()
    facts = _facts()
    city = City(departments, people, plan, goals, directions, {}, facts)
    _initiatives(city)
    _owners(city)
    for year in YEARS:
        _entries(city, year)
        _report_texts(city, year)
    _indicators(city)
    _history(city)
    steps.build(city, COLLECTED)
    _told(city)
    committee.build(city)
    committee.confirm_reviews(city, YEARS[0])
    _editions(city)
    return plan


def _editions(city: City) -> None:
    """The years that are over were 確定 and published, as everybody else does it, in the March after the year."""
    for year in YEARS[:-1]:
        plan_year, office = PlanYear.objects.get(plan=city.plan, fiscal_year=year), city.people["soumu"]
        if plan_year.status != PlanYear.Status.PUBLISHED:
            continue
        PlanYear.objects.filter(pk=plan_year.pk).update(status=PlanYear.Status.COMMITTEE)
        plan_year.refresh_from_db()
        at = timezone.make_aware(datetime(year + 2, 3, 10, 14, 0))
        edition = edition_cycle.finalize(plan_year, by=office, reason=PRINTED, at=at)
        edition_cycle.publish(edition, by=office, reason=PRINTED, at=at + timedelta(days=9))


PRINTED = "残っている指摘は、紙の報告書のとおりに載せるため。"


def _create(rows: Iterable[models.Model]) -> list:
    """Insert rows of one model; the search text is what save() would have made."""
    rows = list(rows)
    for row in rows:
        if hasattr(row, "make_search_text"):
            row.search_text = row.make_search_text()
    return type(rows[0])._default_manager.bulk_create(rows, batch_size=200) if rows else []


def _moment(day: date, number: int, span: int = 14) -> datetime:
    """A moment of office hours on or after a day, spread over some days (two weeks) by a running number."""
    day += timedelta(days=number % span)
    return source.office_time(
        timezone.make_aware(datetime(day.year, day.month, day.day, 9 + number % 8, number * 7 % 60))
    )


# --- Departments and people -----------------------------------------------------------------------


def _departments() -> dict[str, Department]:
    lines = source.table("departments")
    made: dict[str, Department] = {}
    for parents in (True, False):  # 部 first: a 課 needs its key
        rows = [_department(line, number, made) for number, line in enumerate(lines) if (not line["parent"]) is parents]
        made |= {row.name: row for row in _create(rows)}
    for line in lines:
        if line["successor"]:
            made[line["name"]].successors.add(made[line["successor"]])
    return made


def _department(line: dict[str, str], number: int, made: dict[str, Department]) -> Department:
    return Department(
        name=line["name"],
        parent=made.get(line["parent"]),
        position=(number + 1) * 10,
        opened_in=fy.parse(line["opened_in"]) if line["opened_in"] else None,
        closed_after=fy.parse(line["closed_after"]) if line["closed_after"] else None,
        manager_step=line["manager_step"] == "1",
    )


def _people(departments: dict[str, Department]) -> dict[str, User]:
    """The accounts that are printed, and a 担当者 and a 課長 for every department that has none among them."""
    password = make_password(PASSWORD)  # hashed once: six times takes longer than all the rest
    lines = source.table("people")
    offices = [department for department in departments.values() if department.parent_id]
    served = {line["departments"] for line in lines if line["role"] in (User.Role.STAFF, User.Role.MANAGER)}
    users = [_user(line["username"], line["name"], line["role"], password) for line in lines]
    links = [(line["username"], departments[line["departments"]]) for line in lines if line["departments"]]
    names = iter(source.table("names"))
    for number, office in enumerate((office for office in offices if not office.closed_after), start=1):
        if office.name in served:
            continue
        for letter, role in (("d", User.Role.STAFF), ("m", User.Role.MANAGER)):
            users.append(
                _user(f"{letter}{number:02}", "{family} {given}".format(**next(names)), role, make_password(None))
            )
            links.append((users[-1].username, office))
    made = {user.username: user for user in _create(users)}
    _create(_memberships(links, made, offices))
    return made


def _user(username: str, name: str, role: str, password: str) -> User:
    return User(
        username=username,
        name=name,
        role=role,
        password=password,
        email=f"{username}@city.example.jp",
        created_at=_moment(date(2024, 4, 1), 0),
    )


def _memberships(links, users: dict[str, User], offices: Sequence[Department]) -> list[Membership]:
    """People sit where they sat; those of a department that was closed moved to its successor with its work."""
    closed = {office.successors.get(): office for office in offices if office.closed_after}
    rows = []
    for username, office in links:
        before = closed.get(office)
        moved = date(before.closed_after + 1, 4, 1) if before else None
        rows.append(Membership(user=users[username], department=office, since=moved))
        if before:
            rows.append(Membership(user=users[username], department=before, until=moved - timedelta(days=1)))
    return rows


# --- Plan -----------------------------------------------------------------------------------------


def _structure() -> tuple[Plan, dict[int, Goal], dict[str, Direction]]:
    words = source.document("structure")
    years = {name: fy.parse(words["plan"].pop(name)) for name in ("first_year", "last_year", "baseline_year")}
    plan = Plan.objects.create(**words["plan"], **years)
    _create(RatingLevel(plan=plan, **level) for level in words["rating_levels"])
    _create(_plan_year(plan, line) for line in words["years"])
    goals = {goal.number: goal for goal in _create(_goal(plan, line) for line in words["goals"])}
    policies = _create(
        Policy(goal=goals[line["number"]], number=number, name=policy["name"])
        for line in words["goals"]
        for number, policy in enumerate(line["policies"], start=1)
    )
    names = [policy["directions"] for line in words["goals"] for policy in line["policies"]]
    directions = _create(
        Direction(policy=policy, number=number, name=name)
        for policy, of_policy in zip(policies, names, strict=True)
        for number, name in enumerate(of_policy, start=1)
    )
    return plan, goals, {direction.code: direction for direction in directions}


def _plan_year(plan: Plan, line: dict[str, str]) -> PlanYear:
    return PlanYear(
        plan=plan,
        fiscal_year=fy.parse(line["fiscal_year"]),
        status=line["status"],
        department_deadline=date.fromisoformat(line["department_deadline"]),
        manager_deadline=date.fromisoformat(line["manager_deadline"]),
        committee_deadline=date.fromisoformat(line["committee_deadline"]),
    )


def _goal(plan: Plan, line: dict) -> Goal:
    first_year = fy.parse(line["first_year"]) if "first_year" in line else None
    return Goal(
        plan=plan,
        number=line["number"],
        name=line["name"],
        overview=source.text(line["overview"]),
        first_year=first_year,
    )


def _facts() -> dict[str, Facts]:
    own = {line["code"]: line for line in source.table("own_entries")}
    facts = {}
    for row in source.table("initiatives"):
        line = own.get(row["code"])
        facts[row["code"]] = Facts(row, fy.parse(line["from"]) if line else None, line["reason"] if line else "")
    return facts


def _initiatives(city: City) -> None:
    """Originals first: a cross-listing points to one, and repeats its description."""
    descriptions = {line["code"]: line["description"] for line in source.table("sentences") if line["description"]}
    positions = {code: position for position, code in enumerate(city.facts, start=1)}
    for originals in (True, False):
        rows = []
        for facts in city.facts.values():
            original = facts.row["original"]
            if (not original) is originals:
                description = descriptions.get(facts.code) or descriptions[original]
                rows.append(_initiative(city, facts, positions[facts.code], description))
        city.initiatives |= {row.code: row for row in _create(rows)}


def _initiative(city: City, facts: Facts, position: int, description: str) -> Initiative:
    return Initiative(
        plan=city.plan,
        direction=city.directions[facts.code.rpartition("-")[0]],
        code=facts.code,
        position=position,
        name=facts.row["name"],
        description=description,
        baseline=facts.row["baseline"],
        note=facts.row["note"],
        original=city.initiatives.get(facts.row["original"]),
        first_year=facts.first_year,
    )


def _owners(city: City) -> None:
    """「環境センター(R5より)」 is the department 環境センター with the note R5より."""
    owners, partnerships = [], []
    partners: dict[str, Partner] = {}
    for code, facts in city.facts.items():
        for position, name in enumerate(facts.row["departments"].split(";")):
            owners.append(_owner(city, city.initiatives[code], name, position))
        for position, link in enumerate(filter(None, facts.row["partners"].split(";"))):
            name, _, office = link.partition("@")
            partner = partners.setdefault(name, None) or Partner.objects.create(name=name)
            partners[name] = partner
            partnerships.append(
                InitiativePartner(
                    initiative=city.initiatives[code],
                    partner=partner,
                    department=city.departments[office],
                    position=position,
                )
            )
    _create(owners)
    _create(partnerships)


def _owner(city: City, initiative: Initiative, name: str, position: int) -> InitiativeDepartment:
    department, _, note = name.removesuffix(")").partition("(")
    return InitiativeDepartment(
        initiative=initiative,
        department=city.departments[department],
        note=note,
        role=InitiativeDepartment.Role.RELATED if position else InitiativeDepartment.Role.LEAD,
        position=position,
    )


# --- What is written in a year ---------------------------------------------------------------------


def _entries(city: City, year: int) -> None:
    in_force = [facts for facts in city.facts.values() if (facts.first_year or 0) <= year]
    parts = {facts.code: _parts(city, facts, year) for facts in in_force if facts.writes(year)}
    _follow_progress([part for of_entry in parts.values() for part in of_entry], city, year)
    reasons = {(line["code"], fy.parse(line["year"])): line["reason"] for line in source.table("low_ratings")}
    entries = _create(
        _entry(city, facts, year, parts.get(facts.code, []), reasons.get((facts.code, year), "")) for facts in in_force
    )
    for entry in entries:
        for part in parts.get(entry.initiative.code, []):
            part.entry = entry
    _create(part for of_entry in parts.values() for part in of_entry)


def _parts(city: City, facts: Facts, year: int) -> list[EntryPart]:
    """A part for each department of the year, complete; how far R7 has come is laid over it afterwards."""
    parts = []
    index = year - max(facts.first_year or 0, YEARS[0])
    for position, name in enumerate(facts.departments(year)):
        department = city.departments[name.partition("(")[0]]
        words = _sentences()[facts.code, _now(department)]
        ratings = words["ratings"].split("/") if words["ratings"] else []
        parts.append(
            EntryPart(
                department=department,
                position=position,
                result=source.of_year(words["result"], index),
                issues=source.of_year(words["issues"], index),
                self_rating=ratings[index] if ratings else facts.of("rating", year),
            )
        )
    return parts


@cache
def _sentences() -> dict[tuple[str, str], dict[str, str]]:
    return {(line["code"], line["department"]): line for line in source.table("sentences")}


def _now(department: Department) -> str:
    """The sentences are filed under the department's name of today."""
    return department.successors.get().name if department.closed_after else department.name


def _follow_progress(parts: list[EntryPart], city: City, year: int) -> None:
    """Set the state of each part: approved in past years, in the collected one as departments.csv paints it."""
    letters = {line["name"]: line["progress"] for line in source.table("departments")}
    count: dict[str, int] = defaultdict(int)
    approvers = (city.people["soumu"], city.people["soumu2"])
    senders = {
        each.department_id: each.user
        for each in Membership.objects.filter(user__role=User.Role.MANAGER).select_related("user")
    }
    for number, part in enumerate(parts):
        name = part.department.name
        pattern = letters[name] if year == COLLECTED else "承"
        part.status = PROGRESS[pattern[count[name] % len(pattern)]]
        part.updated_at = _moment(WRITTEN_FROM[year], number)
        if part.status == Status.APPROVED:
            part.approved_at = part.updated_at = _approved_at(year, number)
            part.approved_by = approvers[number % 5 == 0]
        if part.status in (Status.SUBMITTED, Status.APPROVED):
            part.submitted_at = _submitted_at(year, number, part.status)
            part.submitted_by = senders[part.department_id]
        elif part.status not in SENT:
            _leave_unfinished(part, broken_off=count[name] % 2 == 0)
        count[name] += 1


def _submitted_at(year: int, number: int, status: str) -> datetime:
    """In the collected year day by day over the weeks before the deadline; what is approved came earlier."""
    if year != COLLECTED:
        return _moment(WRITTEN_FROM[year], number)
    weeks = timedelta(weeks=0 if status == Status.APPROVED else 2)
    return _moment(WRITTEN_FROM[year] + weeks, number * 5, span=23 if status == Status.APPROVED else 17)


def _approved_at(year: int, number: int) -> datetime:
    if year != COLLECTED:
        return _moment(APPROVED_FROM[year], number)
    return source.office_time(_submitted_at(year, number, Status.APPROVED) + timedelta(days=4))


def _leave_unfinished(part: EntryPart, *, broken_off: bool) -> None:
    started = part.status == Status.DRAFT
    part.result = source.first_words(part.result, broken_off=broken_off) if started else ""
    part.issues = part.self_rating = ""


def _entry(city: City, facts: Facts, year: int, parts: Sequence[EntryPart], low_rating_reason: str) -> YearlyEntry:
    """A cross-listing without its own text stays blank: the original's entry stands for it."""
    entry = YearlyEntry(
        initiative=city.initiatives[facts.code], fiscal_year=year, updated_at=_moment(WRITTEN_FROM[year], 0)
    )
    if not parts:
        return entry
    lead = parts[0]
    entry.target = facts.of("target", year) if year != facts.first_year else ""
    entry.next_target = facts.of("target", year + 1)
    if year == city.plan.last_year and lead.status in SENT:
        entry.next_target = "次期計画で継続"
    entry.rating = facts.of("rating", year) if lead.status == Status.APPROVED else ""
    entry.low_rating_reason = low_rating_reason if lead.status in SENT else ""
    entry.holds_own, entry.own_reason = bool(facts.row["original"]), facts.own_reason
    entry.updated_at = max(part.updated_at for part in parts)
    return entry


# --- Chapters, reviews, indicators, history ---------------------------------------------------------


def _report_texts(city: City, year: int) -> None:
    """Chapters, events, footnotes and reviews of a year; the year being collected has none yet."""
    if year == COLLECTED:
        return
    words = source.document(f"report_{fy.short(year).lower()}")
    of_year = {"plan": city.plan, "fiscal_year": year}
    by_goal = [(None, words)] + [(city.goals[int(number)], goal) for number, goal in words["goals"].items()]
    _create(
        _chapter(city, goal, kind, section, of_year)
        for goal, part in by_goal
        for kind, section in part["sections"].items()
    )
    _create(
        CityEvent(goal=goal, position=position, when=when, what=what, **of_year)
        for goal, part in by_goal[1:]
        for position, (when, what) in enumerate(part["events"], start=1)
    )
    notes = [(goal, note) for goal, part in by_goal[1:] for note in part["footnotes"]]
    _create(
        Footnote(goal=goal, number=number, text=source.text(note), **of_year)
        for number, (goal, note) in enumerate(notes, start=1)
    )
    _create(
        CommitteeReview(
            goal=goal, heading=part["review"]["heading"], text=source.text(part["review"]["text"]), **of_year
        )
        for goal, part in by_goal
    )


def _chapter(city: City, goal: Goal | None, kind: str, section: dict, of_year: dict) -> Chapter:
    """Written by one of the two of 福祉総務課, confirmed by the other: last year's, and 目標1 of the year in hand."""
    kind = Chapter.Kind(kind)  # a misspelt kind stops here
    year = of_year["fiscal_year"]
    at = _moment(CHAPTERS_FROM[year], goal.number if goal else 0)
    read = {
        "state": Chapter.State.CONFIRMED,
        "confirmed_by": city.people["soumu2"],
        "confirmed_at": at + timedelta(days=1),
    }
    return Chapter(
        goal=goal,
        kind=kind,
        heading=section.get("heading", ""),
        text=source.text(section["text"]),
        author=city.people["soumu"],
        updated_at=at,
        **of_year,
        **(read if year == YEARS[0] or (goal and goal.number == 1) else {}),
    )


NUMBERS = ("baseline", "baseline_numerator", "baseline_denominator", "no_change_band")


def _indicators(city: City) -> None:
    lines = source.table("indicators")
    made = _create(_indicator(city, line, position) for position, line in enumerate(lines, start=1))
    by_code = {indicator.code: indicator for indicator in made}
    _create(
        IndicatorGoal(indicator=by_code[line["code"]], goal=city.goals[int(number)], position=position)
        for position, line in enumerate(lines, start=1)
        for number in line["goals"].split(";")
    )
    _create(_indicator_value(by_code[line["indicator"]], line) for line in source.table("indicator_values"))
    _create(_figure_rule(by_code, line) for line in source.table("figure_rules"))


def _figure_rule(by_code: dict[str, Indicator], line: dict[str, str]) -> FigureRule:
    return FigureRule(
        indicator=by_code[line["indicator"]],
        other=by_code.get(line["other"]),
        number=_number(line["number"]),
        is_must=bool(line["is_must"]),
        **{name: line[name] for name in ("measure", "kind", "other_measure", "reason")},
    )


def _indicator(city: City, line: dict[str, str], position: int) -> Indicator:
    words = {name: value for name, value in line.items() if name not in (*NUMBERS, "goals", "department", "decimals")}
    return Indicator(
        plan=city.plan,
        position=position,
        department=city.departments[line["department"]],
        decimals=int(line["decimals"]),
        **words,
        **{name: _number(line[name]) for name in NUMBERS},
    )


def _indicator_value(indicator: Indicator, line: dict[str, str]) -> IndicatorValue:
    figures = {}
    for name in ("actual", "target"):
        number = _number(line[name])
        figures[name] = number
        figures[f"{name}_figure"] = IndicatorValue.figure_of(number, "" if number is not None else line[name])
    return IndicatorValue(
        indicator=indicator,
        fiscal_year=fy.parse(line["fiscal_year"]),
        numerator=_number(line["numerator"]),
        denominator=_number(line["denominator"]),
        updated_at=_moment(date(2026, 1, 7), indicator.position),
        **figures,
    )


def _number(text: str) -> Decimal | None:
    """The figure of a cell; None for a blank and for a word (未実施)."""
    return Decimal(text) if text[:1].isdigit() else None


def _history(city: City) -> None:
    """Some corrections made on the way: `was` stood where `became` stands now."""
    rows = []
    for line in source.table("history"):
        row = _changed_row(city, line)
        now = getattr(row, line["field"])
        if line["became"] not in now:
            raise ValueError(f"history.csv: {line['code']} {line['field']} に「{line['became']}」がありません")
        rows.append(
            FieldChange(
                model=row._meta.label_lower,
                object_id=row.pk,
                field=line["field"],
                old=now.replace(line["became"], line["was"]),
                new=now,
                by=city.people[line["by"]] if line["by"] else steps.staff_of(row.department),
                at=source.moment(line["at"]),
                reason=line["reason"],
            )
        )
        type(row)._default_manager.filter(pk=row.pk).update(version=models.F("version") + 1, updated_at=rows[-1].at)
    _create(rows)


STARTED, REMINDED = datetime(2026, 10, 19, 9, 0), datetime(2026, 11, 16, 10, 15)


def _told(city: City) -> None:
    """The collected year was opened by a notice to all, and the unfinished were reminded once."""
    year, office = PlanYear.objects.get(plan=city.plan, fiscal_year=COLLECTED), city.people["soumu"]
    for make, kind, at in ((outbox.kickoff, "kickoff", STARTED), (outbox.reminder, "reminder", REMINDED)):
        notices = make(year, by=office, words=words.of(year, kind))
        if kind == "reminder":
            for notice in notices:
                notice.occasion = str(REMINDED.date())  # not the day on which the demo is loaded
        _sent(notices, timezone.make_aware(at))


def _sent(notices: list[Notice], at: datetime) -> None:
    for notice in notices:
        notice.created_at = at
    mails = [delivery.mail_of(together) for together in grouped(notices, "recipient").values()]
    for mail in mails:
        mail.state, mail.attempts = Mail.State.SENT, 1
        mail.created_at = mail.queued_at = mail.tried_at = mail.sent_at = at
    for mail in _create(mails):
        for notice in mail.carried:
            notice.mail = mail
    _create(notices)


def _changed_row(city: City, line: dict[str, str]) -> models.Model:
    """code: an initiative's, or 目標's number and kind of a chapter (1/vision)."""
    goal, _, kind = line["code"].partition("/")
    if kind:
        return Chapter.objects.get(goal=city.goals[int(goal)], kind=kind, fiscal_year=fy.parse(line["year"]))
    entry = YearlyEntry.objects.get(initiative=city.initiatives[line["code"]], fiscal_year=fy.parse(line["year"]))
    return entry.parts.get(department__name=line["department"]) if line["department"] else entry
