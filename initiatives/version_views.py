from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from initiatives import permissions, versions, writing
from initiatives.plan_years import with_plan_year


@require_GET
@with_plan_year
def part_versions(request, plan_year, pk):
    """Two versions of a part side by side, for whoever could read its drafts: ?from=3&to=5, else the last two."""
    part = get_object_or_404(writing.parts_for(request.user, plan_year), pk=pk)
    if not permissions.can_view_drafts(request.user, part, plan_year):
        raise Http404
    found = versions.versions_of(part)
    newest = found[0].number
    after = _chosen(request, "to", found, newest)
    before = _chosen(request, "from", found, max(newest - 1, 0))
    context = {
        "plan_year": plan_year,
        "part": part,
        "versions": found,
        "before": before,
        "after": after,
        "differences": versions.differences(part, before, after),
    }
    return render(request, "initiatives/part_versions.html", context)


def _chosen(request, name, found, usual):
    number = request.GET.get(name, str(usual))
    return next((version for version in found if str(version.number) == number), found[-1 - usual])
