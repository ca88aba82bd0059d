"""代理: who acts for whom, deciding it, and ending it."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import register
from accounts.forms import DeputyshipForm
from accounts.models import Deputyship
from accounts.permissions import can_appoint_for_all, can_end_deputyship, can_use_deputies
from accounts.views import accepts, crumbs

OVER_SHOWN = 30


def for_the_office(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_use_deputies(request.user):
            raise PermissionDenied("代理を使えるのは、市の職員だけです。何も変わっていません。")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_the_office
def deputy_list(request):
    """The person's own deputies and whom the person acts for;福祉総務課 and システム管理者 see those of all."""
    user, for_all = request.user, can_appoint_for_all(request.user)
    everything = Deputyship.objects.with_people()
    seen = everything if for_all else everything.filter(principal=user) | everything.filter(deputy=user)
    # Those in force first; the record of those that are over is kept short.
    standing = list(seen.not_ended(timezone.localdate()).order_by("until", "pk"))
    over = list(seen.exclude(pk__in=[each.pk for each in standing])[:OVER_SHOWN])
    context = {
        "for_all": for_all,
        "standing": standing,
        "over": over,
        "in_force": [each for each in standing if each.state == "holds"],
        "acting": list(dict.fromkeys(place.user for place in user.deputized())),
    }
    return render(request, "accounts/deputy_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def deputy_add(request):
    for_all = can_appoint_for_all(request.user)
    initial = {"principal": request.GET.get("principal", "")}
    form = DeputyshipForm(
        request.POST if request.method == "POST" else None, initial=initial, by=request.user, for_all=for_all
    )
    if request.method == "POST" and accepts(form, lambda: register.appoint_deputy(form.instance, by=request.user)):
        made = form.instance
        messages.success(request, f"{made.deputy}さんを、{made.principal}さんの代理にしました（{made.period}）。")
        return redirect("accounts:deputy_list")
    context = {"form": form, "for_all": for_all, "crumbs": crumbs("accounts:deputy_list", "代理", "決める")}
    return render(request, "accounts/deputy_add.html", context, status=422 if form.errors else 200)


@require_POST
@for_the_office
def deputy_end(request, pk):
    deputyship = get_object_or_404(Deputyship.objects.with_people(), pk=pk)
    if not can_end_deputyship(request.user, deputyship):
        raise PermissionDenied("この代理を終えられるのは、本人、代理の人、福祉総務課、システム管理者です。")
    if register.end_deputyship(deputyship, by=request.user):
        messages.success(request, f"{deputyship.deputy}さんは、{deputyship.principal}さんの代理ではなくなりました。")
    else:
        messages.info(request, "この代理は、もう終わっています。")
    return redirect("accounts:deputy_list")
