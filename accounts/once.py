"""A form has its effect once, however often it arrives: pressed twice, sent again by a lost connection, or by 戻る.

Each form carries a `request_id` made with its page ({% form_token %}). The view runs in one transaction with the row
that remembers the answer; the same sending again gets that answer, without the view. A sending at the same moment
waits for the first one on the row's uniqueness (PostgreSQL) or on the transaction itself (SQLite, IMMEDIATE).
What changed nothing (a preview, a refused form) is not remembered: it may be sent again.
"""

import contextlib
import functools
import hashlib
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.contrib import messages
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from accounts.models import HandledRequest

KEPT = timedelta(days=1)  # longer than any browser sends a form again
FIELD = "request_id"
_NO_CONTENT = {"csrfmiddlewaretoken", FIELD}


def guard(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Put `once` around every view of the patterns."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            guard(pattern.url_patterns)
        else:
            pattern.callback = once(pattern.callback)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, with an effect only for the first of the sendings that carry the same request_id and content."""

    @functools.wraps(view)
    def answer(request, *args, **kwargs):
        request_id = _request_id(request)
        if request_id is None:
            return view(request, *args, **kwargs)
        seen = HandledRequest(user=request.user, request_id=request_id, digest=_digest(request))
        try:
            with transaction.atomic():
                _take(seen)
                with _Writes() as writes:
                    response = view(request, *args, **kwargs)
                if writes.any and response.status_code < 400:
                    _remember(seen, request, response)
                else:
                    seen.delete()
            return response
        except _SentBefore as before:
            return _again(request, before.handled)

    return answer


class _Writes(contextlib.ExitStack):
    """Whether anything was written in between: a preview, or a form that was refused, may be sent again."""

    any = False

    def __enter__(self):
        super().__enter__()
        self.enter_context(connection.execute_wrapper(self._look))
        return self

    def _look(self, execute, sql, params, many, context):
        self.any = self.any or sql.startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, params, many, context)


class _SentBefore(Exception):
    def __init__(self, handled: HandledRequest):
        self.handled = handled


def _request_id(request: HttpRequest) -> uuid.UUID | None:
    """None where a sending is not guarded: read only, not signed in, saved while typing (versions guard that)."""
    if request.method != "POST" or not request.user.is_authenticated or "X-Autosave" in request.headers:
        return None
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _digest(request: HttpRequest) -> str:
    made = hashlib.sha256(request.get_full_path().encode())
    for name, values in sorted(request.POST.lists()):
        if name not in _NO_CONTENT:
            made.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            made.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                made.update(chunk)
            file.seek(0)
    return made.hexdigest()


def _take(seen: HandledRequest) -> None:
    """Say that this sending is being handled; raises _SentBefore when it was."""
    mine = HandledRequest.objects.filter(user=seen.user)
    mine.filter(at__lt=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            seen.save(force_insert=True)
    except IntegrityError:
        raise _SentBefore(mine.get(request_id=seen.request_id, digest=seen.digest)) from None


def _remember(seen: HandledRequest, request: HttpRequest, response: HttpResponse) -> None:
    seen.location = response.get("Location", "")
    seen.told = [[each.level, str(each.message)] for each in messages.get_messages(request)._queued_messages]
    seen.save(update_fields=["location", "told"])


def _again(request: HttpRequest, handled: HandledRequest) -> HttpResponse:
    """What the first sending was answered. A page is not kept (it may show a password): it is said that it is done."""
    if handled.location:
        for level, words in handled.told:
            messages.add_message(request, level, words)
        return HttpResponseRedirect(handled.location)
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "done_before.html")
