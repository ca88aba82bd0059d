from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.urls import path
from django.utils.html import escape

from config.urls import urlpatterns as product
from initiatives.models import EntryPart, YearlyEntry


def empty(request):
    """The whole stack (middleware, session, sign-in) and nothing else."""
    return HttpResponse("")


def update(request, pk):
    """The least that saving can cost: one transaction, one UPDATE, on the disk when it is answered."""
    with transaction.atomic():
        EntryPart.objects.filter(pk=pk).update(position=F("position") + 1)
    return HttpResponse("")


def floor(request, plan_id, fiscal_year):
    """The least that a list of all rows can cost: one query, plain f-strings, no page around it."""
    fields = (
        "initiative__code", "initiative__name", "initiative__direction__policy__goal__number", "target", "next_target",
        "rating", "initiative__baseline", "initiative__description", "shared_result", "shared_issues", "version",
        "holds_own", "fiscal_year", "pk",
    )  # fmt: skip
    entries = YearlyEntry.objects.filter(initiative__plan=plan_id, fiscal_year=fiscal_year)
    rows = entries.order_by("initiative__position").values_list(*fields)
    lines = ["".join(f"<td>{escape(value)}</td>" for value in row) for row in rows]
    return HttpResponse("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>")


urlpatterns = [
    *product,
    path("bench/empty/", empty),
    path("bench/open/", login_not_required(empty)),
    path("bench/update/<int:pk>/", update),
    path("bench/floor/<int:plan_id>/<int:fiscal_year>/", floor),
]
