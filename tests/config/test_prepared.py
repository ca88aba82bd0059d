"""A prepared query answers what the same queryset answers, for every value, thread and shape."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, models
from django.db.models import Exists, F, OuterRef
from django.utils.functional import SimpleLazyObject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Department, Membership
from config.prepared import Given, Prepared, PreparedUpdate
from initiatives.models import Plan, PlanYear
from tests.factories import DepartmentFactory, PlanYearFactory, UserFactory


def in_department(status, fiscal_year, day=None):
    """A query as the product writes them: joins, a subquery, an annotation, constants among the values."""
    plans = Plan.objects.filter(pk=OuterRef("plan"), name__gt="")
    years = PlanYear.objects.filter(Exists(plans), status=status, fiscal_year=fiscal_year).exclude(
        department_deadline__lt=day
    )
    return years.select_related("plan").annotate(following=F("fiscal_year") + 1).order_by("pk")


def seen(years):
    return [(year, year.__dict__.keys(), year.plan.name, year.following, year.department_deadline) for year in years]


@pytest.fixture
def prepared(db):
    """The same query, prepared; `asked` has the shapes that were made."""
    for year, status in ((2023, "collecting"), (2024, "collecting"), (2024, "preparing")):
        PlanYearFactory(fiscal_year=year, status=status, department_deadline=date(2025, 6, 1))

    def build(status):
        query.asked.append(status)
        return in_department(status, Given("year"), Given("day", models.DateField()))

    query = Prepared(build)
    query.asked = []
    return query


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing is written
@given(
    st.sampled_from(["collecting", "preparing", "'; DROP TABLE"]),
    st.integers(2022, 2025) | st.integers(),
    st.dates(date(2025, 5, 30), date(2025, 6, 3)),
)
def test_as_the_queryset(prepared, status, year, day):
    rows = prepared(status, year=year, day=day)
    assert seen(rows) == seen(in_department(status, year, day))
    assert len(prepared.asked) == len(set(prepared.asked))  # made once for each shape


def test_one_query_each_time_and_the_rows_of_that_time(prepared, django_assert_num_queries):
    for name in ("前", "後"):
        Plan.objects.update(city_name=name)
        with django_assert_num_queries(1):
            rows = prepared("collecting", year=2024, day=date(2025, 1, 1))
        assert [row.plan.city_name for row in rows] == [name]


def test_a_query_that_can_find_nothing_asks_nothing(db, django_assert_num_queries):
    nothing = Prepared(lambda: PlanYear.objects.filter(pk=Given("pk"), status__in=[]))
    with django_assert_num_queries(0):
        assert nothing(pk=1) == []


@pytest.mark.django_db
def test_tuples_of_columns():
    year = PlanYearFactory(fiscal_year=2024, department_deadline=date(2025, 6, 1))
    rows = PlanYear.objects.filter(fiscal_year=2024).values_list("plan__name", "pk", "department_deadline")
    prepared = Prepared(
        lambda: PlanYear.objects.filter(fiscal_year=Given("year")).values_list(
            "plan__name", "pk", "department_deadline"
        )
    )
    assert prepared(year=2024) == list(rows) == [(year.plan.name, year.pk, date(2025, 6, 1))]
    assert prepared(year=10**30) == []


def test_a_value_left_out_is_told(db):
    with pytest.raises(KeyError, match="pk"):
        Prepared(lambda: PlanYear.objects.filter(pk=Given("pk")))()


@pytest.mark.django_db(transaction=True)
def test_threads_use_connections_of_their_own():
    user, department = UserFactory(), DepartmentFactory()
    Membership.objects.create(user=user, department=department)
    members = Prepared(lambda: Membership.objects.filter(user=Given("user")).select_related("department"))
    members(user=user.pk)

    def ask(_):
        try:
            return [place.department for place in members(user=user.pk)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(20))) == [[department]] * 20


def test_an_update_writes_the_rows_that_meet_it_and_counts_them(db):
    year, other = PlanYearFactory(fiscal_year=2024), PlanYearFactory(fiscal_year=2025)
    field = PlanYear._meta.get_field("department_deadline")

    @PreparedUpdate
    def put_off(by):
        rows = PlanYear.objects.filter(pk=Given("pk"), fiscal_year=Given("year"))
        return rows, {"department_deadline": Given("day", field), "fiscal_year": F("fiscal_year") + by}

    day = date(2030, 1, 1)
    for _ in range(2):
        assert put_off(10, pk=year.pk, year=2025, day=day) == 0
    assert put_off(10, pk=year.pk, year=2024, day=None) == 1
    assert put_off(10, pk=other.pk, year=2025, day=day + timedelta(1)) == 1
    year.refresh_from_db()
    other.refresh_from_db()
    assert (year.fiscal_year, year.department_deadline) == (2034, None)
    assert (other.fiscal_year, other.department_deadline) == (2035, date(2030, 1, 2))


def test_a_related_row_is_taken_as_its_key(db):
    old, new = DepartmentFactory(), DepartmentFactory()
    place = Membership.objects.create(user=UserFactory(), department=old)
    field = Membership._meta.get_field("department")
    move = PreparedUpdate(lambda: (Membership.objects.filter(pk=Given("pk")), {"department": Given("to", field)}))
    for to, then in ((new.pk, new), (old, old), (SimpleLazyObject(lambda: new), new)):
        assert move(pk=place.pk, to=to) == 1
        assert Department.objects.get(memberships=place) == then
