"""Which plan and fiscal year a page is about: always in its address, so that a link says the same to everyone."""

from functools import wraps

from django.http import Http404

from accounts.models import User
from config.prepared import Given, Prepared
from initiatives import fiscal_year as fy
from initiatives import permissions
from initiatives.models import PlanYear


class FiscalYearConverter:
    """R6 in an address is 2024 in a view."""

    regex = r"[RHS]\d{1,2}"

    def to_python(self, value: str) -> int:
        return fy.parse(value)  # a FiscalYearError is a ValueError: no such address

    def to_url(self, value: int) -> str:
        return fy.short(int(value))


@Prepared
def _of_plan():
    return PlanYear.objects.filter(plan=Given("plan"), fiscal_year=Given("fiscal_year")).select_related("plan")


def with_plan_year(view):
    """Give the view the year its address names, as `plan_year`; 404 for a year the person may not look at."""

    @wraps(view)
    def inner(request, *args, plan_id: int, fiscal_year: int, **kwargs):
        found = _of_plan(plan=plan_id, fiscal_year=fiscal_year)
        if not found or not permissions.can_view_year(request.user, found[0]):
            raise Http404
        plan_year = found[0]
        remember(request, plan_year)
        return view(request, *args, plan_year=plan_year, **kwargs)

    return inner


def remember(request, plan_year: PlanYear) -> None:
    request.plan_year = plan_year
    if request.session.get("plan_year") != plan_year.pk:
        request.session["plan_year"] = plan_year.pk


def current(request) -> PlanYear | None:
    """The year of this page, else the one looked at last, else the one that is being worked on."""
    if hasattr(request, "plan_year"):
        return request.plan_year
    years = PlanYear.objects.visible_to(request.user).select_related("plan")
    request.plan_year = years.filter(pk=request.session.get("plan_year")).first() or default(request.user)
    return request.plan_year


def default(user: User) -> PlanYear | None:
    """The year to open with: the latest that is under way, else the latest of all."""
    years = PlanYear.objects.visible_to(user).select_related("plan").order_by("-fiscal_year")
    return years.exclude(status=PlanYear.Status.PREPARING).first() or years.first()
