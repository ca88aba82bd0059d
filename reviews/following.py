"""引き継ぎ as the years after see it: what was left to a year, and what stands beside one initiative."""

from initiatives.models import PlanYear
from reviews.models import FollowUp


def left_to(plan_year: PlanYear) -> list[FollowUp]:
    """Everything that earlier years of the plan left, open or done, the latest first."""
    before = FollowUp.objects.filter(
        plan_year__plan=plan_year.plan_id, plan_year__fiscal_year__lt=plan_year.fiscal_year
    ).select_related("plan_year", "opinion", "initiative", "by", "done_by")
    return list(before.order_by("-plan_year__fiscal_year", "initiative__position", "pk"))


def leaving(plan_year: PlanYear) -> list[FollowUp]:
    """What this year leaves to the next."""
    return list(FollowUp.objects.filter(plan_year=plan_year).select_related("opinion", "initiative", "by"))


def beside(initiative_id: int, plan_year: PlanYear) -> list[FollowUp]:
    """What is still open beside an initiative in a year: for whoever writes it. One query."""
    left = FollowUp.objects.open_in(plan_year).filter(initiative=initiative_id)
    return list(left.select_related("plan_year").order_by("-plan_year__fiscal_year", "pk"))
