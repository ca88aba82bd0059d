"""The gate's two faces agree: one part at a time (permissions) and as a list (QuerySets), for every role and status.

And nothing hidden gets out: every page is searched for words that its reader may not see.
"""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from initiatives import permissions, thread
from initiatives.models import EntryPart, FieldComment, PlanYear, Transition
from tests.factories import (
    DepartmentFactory,
    PlanFactory,
    PlanYearFactory,
    UserFactory,
    make_deputy,
    make_entry,
    make_initiative,
    make_part,
)

PART_STATUSES = [status.value for status in EntryPart.Status]
YEAR_STATUSES = [status.value for status in PlanYear.Status]


@pytest.fixture
def city(db):
    """Own, co-owner's and a stranger's parts in every status, in a year of every status."""
    own, co_owner, stranger = (DepartmentFactory(name=name) for name in ("自分の課", "相手の課", "よその課"))
    plan = PlanFactory(first_year=2020, last_year=2030)
    for offset, year_status in enumerate(YEAR_STATUSES):
        year = 2020 + offset
        PlanYearFactory(plan=plan, fiscal_year=year, status=year_status)
        for index, status in enumerate(PART_STATUSES):
            joint = make_initiative(plan, f"1-1-1-{offset * 20 + index * 2 + 1}", own, co_owner)
            entry = make_entry(joint, year, status="draft")
            entry.parts.all().delete()
            make_part(entry, own, status)
            make_part(entry, co_owner, "draft")
            make_entry(make_initiative(plan, f"1-1-1-{offset * 20 + index * 2 + 2}", stranger), year, status=status)
    return {"own": own, "plan": plan}


def people(city) -> list[User]:
    made = [
        UserFactory(role=role, of=[city["own"]] if role in ("staff", "manager") else []) for role in User.Role.values
    ]
    stopped = UserFactory(role=User.Role.COORDINATOR, is_active=False)
    return [*made, stopped, UserFactory(role=User.Role.STAFF), *deputies(made)]


def deputies(made: list[User]) -> list[User]:
    """代理 of every kind: of a 担当者 and of a 課長, by every role; over, not begun, ended early; of a deputy."""
    staff, manager = made[:2]
    today, day = timezone.localdate(), timezone.timedelta(days=1)
    acting = [UserFactory(role=role) for role in User.Role.values for _ in range(2)]
    for person, absent in zip(acting, [staff, manager] * len(User.Role.values), strict=True):
        make_deputy(absent, person)
    over, later, ended, second = (UserFactory() for _ in range(4))
    make_deputy(staff, over, since=today - day * 3, until=today - day)
    make_deputy(staff, later, since=today + day)
    make_deputy(staff, ended, ended_at=timezone.now(), ended_by=staff)
    make_deputy(acting[0], second)
    return [*acting, over, later, ended, second]


def test_seeing_is_the_same_for_one_and_for_a_list(city):
    years = {year.fiscal_year: year for year in PlanYear.objects.filter(plan=city["plan"])}
    parts = list(EntryPart.objects.select_related("entry").prefetch_related("entry__parts"))
    assert len(parts) == len(YEAR_STATUSES) * len(PART_STATUSES) * 3
    for person in people(city):
        listed = set(EntryPart.objects.visible_to(person))
        one_by_one = {part for part in parts if permissions.can_view_part(person, part, years[part.entry.fiscal_year])}
        assert listed == one_by_one, person.role


def test_writing_is_the_same_for_one_and_for_a_list(city):
    years = {year.fiscal_year: year for year in PlanYear.objects.filter(plan=city["plan"])}
    parts = list(EntryPart.objects.select_related("entry"))
    for person in people(city):
        listed = set(EntryPart.objects.editable_by(person))
        assert listed == {
            part for part in parts if permissions.can_write_part(person, part, years[part.entry.fiscal_year])
        }


def test_years_are_the_same_for_one_and_for_a_list(city):
    for person in people(city):
        listed = set(PlanYear.objects.visible_to(person))
        assert listed == {year for year in PlanYear.objects.all() if permissions.can_view_year(person, year)}


def test_who_sees_what(city):
    """The rule in plain counts: own 6 statuses × 2 owners; a stranger's only when approved."""
    collecting = {"entry__fiscal_year": 2020 + YEAR_STATUSES.index("collecting")}
    everyone = people(city)
    staff, manager, coordinator, committee, admin = everyone[:5]
    seen = [
        EntryPart.objects.visible_to(p).filter(**collecting).count()
        for p in (staff, manager, coordinator, committee, admin)
    ]
    assert seen == [12 + 1, 12 + 1, 18, 0, 2]
    # The 代理 of staff and manager: as they, but for roles that never are one; those without a right today as anyone.
    seen = [EntryPart.objects.visible_to(p).filter(**collecting).count() for p in everyone[7:]]
    assert seen == [13, 13, 13, 13, 18, 18, 0, 0, 2, 2, *[2] * 4]
    written = [EntryPart.objects.editable_by(p).filter(**collecting).count() for p in everyone[7:]]
    assert written == [3, 3, 3, 3, 3, 3, 0, 0, 0, 0, *[0] * 4]


# --- Nothing hidden gets out ------------------------------------------------------------------------

SECRET = "漏えい検知の文"


@pytest.fixture
def hidden(plan, department, other_department):
    """A draft of the other department whose texts and rating are known, in a year the committee may not see yet."""
    year = PlanYearFactory(plan=plan, fiscal_year=2025)
    initiative = make_initiative(plan, "1-1-1-1", other_department)
    entry = make_entry(
        initiative, 2025, status="draft", result=SECRET, issues=SECRET, rating="C",
        low_rating_reason=SECRET, shared_result=SECRET, shared_issues=SECRET, next_target=SECRET,
    )  # fmt: skip
    listing = make_initiative(plan, "1-1-1-2", other_department, original=initiative)
    make_entry(listing, 2025).parts.all().delete()
    part, office = entry.parts.get(), UserFactory(role=User.Role.COORDINATOR)
    thread.say(part, SECRET, by=office)
    step = Transition.objects.create(
        part=part, action="return", from_status="submitted", to_status="returned", by=office, reason=SECRET, version=1
    )
    FieldComment.objects.create(transition=step, field="result", text=SECRET)
    return year, initiative, entry, listing


def bodies(client, year, initiatives) -> dict[str, str]:
    """Every address that could tell, with what it answers (Excel unzipped)."""
    base = [year.plan_id, year.fiscal_year]
    addresses = [reverse(f"initiatives:{name}", args=base) for name in ("year_home", "entry_list", "entry_list_excel")]
    columns = "?column=code&column=result&column=issues&column=next_target&column=rating"
    addresses += [address + columns for address in addresses[1:3]]
    addresses += [addresses[1] + f"?q={SECRET}", addresses[1] + "?rating=C&column=code&column=rating"]
    addresses += [reverse("initiatives:entry_detail", args=[*base, initiative.pk]) for initiative in initiatives]
    addresses.append(reverse("initiatives:survey", args=base))
    for name in ("survey_excel", "survey_print"):
        addresses += [
            reverse(f"initiatives:{name}", args=[*base, pk]) for pk in Department.objects.values_list("pk", flat=True)
        ]
    addresses += [reverse("reporting:summary", args=base), reverse("reporting:summary_excel", args=base)]
    found = {}
    for address in addresses:
        content = client.get(address).content
        if content[:2] == b"PK":
            book = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(book.read(name) for name in book.namelist())
        found[address] = content.decode("utf-8", "replace")
    return found


@pytest.mark.parametrize("role", ["writer", "manager", "member", "admin"])
def test_a_draft_of_another_department_stays_hidden(hidden, role, client, request):
    year, initiative, _, listing = hidden
    client.force_login(request.getfixturevalue(role))
    for address, body in bodies(client, year, [initiative, listing]).items():
        if f"q={SECRET}" not in address:
            assert SECRET not in body, address
        if "summary" not in address:  # 集計 explains the scale, C among it
            assert ">C</span>" not in body, address


def test_a_hidden_text_is_not_found_by_search(hidden, writer, client):
    year, *_ = hidden
    client.force_login(writer)
    address = reverse("initiatives:entry_list", args=[year.plan_id, year.fiscal_year])
    assert "条件に合う取組はありません" in client.get(address, {"q": SECRET}).content.decode()
    assert "条件に合う取組はありません" in client.get(address, {"rating": "C"}).content.decode()


@pytest.mark.parametrize("role", ["other", "coordinator"])
def test_owner_and_coordinator_read_the_draft(hidden, role, client, request):
    year, initiative, _, listing = hidden
    client.force_login(request.getfixturevalue(role))
    answered = bodies(client, year, [initiative, listing])
    telling = [address for address, body in answered.items() if SECRET in body and "q=" not in address]
    # both lists with their text columns, the pages of the initiative and its cross-listing, 調査票 and its print
    assert len(telling) == 6


def test_a_co_owner_reads_the_draft(plan, department, other_department, writer, client):
    year = PlanYearFactory(plan=plan, fiscal_year=2025)
    initiative = make_initiative(plan, "1-1-1-1", other_department, department)
    make_entry(initiative, 2025, status="draft", result=SECRET)
    client.force_login(writer)
    body = client.get(
        reverse("initiatives:entry_detail", args=[plan.pk, year.fiscal_year, initiative.pk])
    ).content.decode()
    assert SECRET in body
    assert "作成中" in body
