"""When the database is away, busy or full, or a disk is full: said in words, and what was typed is given back.

The handler of every uncaught exception (`handler500`): views, middleware and lazy look-ups of a page all end here. A
form that could not be taken in comes back as a form with one button; it carries the same request_id, so that it has its
effect once (accounts/once.py), also where the answer was lost after the commit. Passwords are not given back, but asked for again.
"""

import errno
import sqlite3
import sys
from contextlib import suppress
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from accounts import once

RETRY_AFTER = 30  # seconds
AWAY, FULL = HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE
WORDS = {
    AWAY: "混み合っています。",
    FULL: "サーバーに空きがなく、保存できませんでした。システム管理者に知らせてください。",
}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Which of SQLite's troubles pass; the rest ("no such table") are faults of ours.
_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: AWAY,
    sqlite3.SQLITE_LOCKED: AWAY,
    sqlite3.SQLITE_READONLY: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_IOERR: AWAY,
}
_SQLITE_NO_SPACE = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_POSTGRES_DISK_FULL = "53100"
_PASSWORDS = {
    "old_password": "いまのパスワード",
    "new_password1": "新しいパスワード",
    "new_password2": "新しいパスワード（確認）",
}


def server_error(request: HttpRequest) -> HttpResponse:
    status = trouble(sys.exc_info()[1])
    if status is None:
        return defaults.server_error(request)
    if "X-Autosave" in request.headers:
        answer = JsonResponse({"kind": "away", "words": WORDS[status]}, status=status)
    else:
        # Without the request: what every page shows beside its own part is asked of the database.
        answer = HttpResponse(render_to_string("503.html", context(request, status)), status=status)
    answer["Retry-After"] = RETRY_AFTER
    answer["Cache-Control"] = "no-store"
    return answer


def trouble(error: BaseException | None) -> HTTPStatus | None:
    """What a person can wait for: 503 away or busy, 507 no space left. None for everything else."""
    if isinstance(error, OSError):
        return FULL if error.errno in _NO_SPACE else None
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    if code is not None:
        return FULL if code in _SQLITE_NO_SPACE else _SQLITE.get(code & 0xFF)
    return FULL if getattr(error.__cause__, "sqlstate", None) == _POSTGRES_DISK_FULL else AWAY


def context(request: HttpRequest, status: int) -> dict:
    """For 503.html. `form`: name and value of all that was sent, to be sent again; what the page cannot hold
    (passwords, files) is asked for again."""
    fields, files = [], []
    with suppress(Exception):  # a body that could not be read to its end
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        files = list(request.FILES)
    secret = [name for name, value in fields if value and "password" in name]
    form = [(name, value) for name, value in fields if name not in secret]
    return {
        "full": status == FULL,
        "address": request.get_full_path(),
        "back": _page_of(request),
        "sent": request.method == "POST",
        "form": form,
        "secrets": [(name, _PASSWORDS.get(name, "パスワード")) for name in secret],
        "files": files,
        "typed": list(dict.fromkeys(value for name, value in form if _is_typed(name, value))),
        "once": any(name == once.FIELD for name, _ in fields),
    }


def _page_of(request: HttpRequest) -> str:
    """The page that was looked at: itself, or where the form that was sent stood."""
    referer = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return referer
    return request.get_full_path()


def _is_typed(name: str, value: str) -> bool:
    """Words of a person, not what the page itself carried: tokens, numbers and versions are plain ASCII."""
    return not value.isascii() and not name.startswith("seen-")
