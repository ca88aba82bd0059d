"""`FAILPOINT=name:nth`: the process kills itself (kill -9) the nth time that it comes to the named place.

`FAILPOINT=@file`: the same, read from the file at the begin of the next POST or task; the file goes with the reading.
Nothing of the product knows of this: the places are wrapped around Django from outside, under drills.settings alone.
"""

import os
import signal
import threading
from pathlib import Path

from django.apps import AppConfig

POINTS = {  # name -> where
    "before-first-write": "最初の書きこみの前",
    "after-first-write": "最初の書きこみの後",
    "after-audit-row": "記録の行の後",
    "before-commit": "コミットの前",
    "after-commit": "コミットの後",
    "before-response": "コミットの後、返事の前",
    "before-move": "ファイルを移す前",
    "after-move": "ファイルを移した後",
    "before-mark": "メールに印を付ける前",
    "after-mark": "印の後、送る前",
    "after-send": "送った後、送信済の前",
    "worker-start": "仕事を受け取った直後",
    "checkpoint": "WALのチェックポイント中",
}
AUDIT = ("transition", "fieldchange", "pendingchange", "accountevent", "partmessage", "notice", "reportedition")
OWN = ("django_session", "accounts_handledrequest", "axes_", "django_tasks")  # not what is being done, but beside it


class _Here(threading.local):
    point, left, wrote = "", 0, False


here = _Here()


def arm() -> None:
    here.point, here.left, here.wrote = "", 0, False
    wanted = os.environ.get("FAILPOINT", "")
    if wanted.startswith("@"):
        file = Path(wanted[1:])
        wanted = file.read_text() if file.exists() else ""
        file.unlink(missing_ok=True)
    name, _, nth = wanted.partition(":")
    if name:
        here.point, here.left = name, int(nth or 1)


def hit(name: str) -> None:
    if here.point == name:
        here.left -= 1
        if here.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class FailpointMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "POST":
            return self.get_response(request)
        arm()
        try:
            response = self.get_response(request)
            hit("before-response")
        finally:
            here.point = ""
        return response


class FailpointsConfig(AppConfig):
    name = "drills"

    def ready(self):
        from django.db.backends.signals import connection_created

        connection_created.connect(_watch_connection, weak=False)
        _around_commit()
        _around_move()
        _around_mail()
        _around_tasks()
        _without_drawing()


def _watch_connection(connection, **kwargs) -> None:
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watch)


def _watch(execute, sql, params, many, context):
    words = sql.split(None, 3)
    if not here.point or words[0] not in ("INSERT", "UPDATE", "DELETE"):
        return execute(sql, params, many, context)
    table = words[2 if words[0] != "UPDATE" else 1].strip('"')
    if table.startswith(OWN):
        return execute(sql, params, many, context)
    if table == "initiatives_mail" and words[0] == "UPDATE" and "sending" in (params or ())[:1]:
        hit("before-mark")
    first, here.wrote = not here.wrote, True
    if first:
        hit("before-first-write")
    result = execute(sql, params, many, context)
    if first:
        hit("after-first-write")
    if table.endswith(AUDIT):
        hit("after-audit-row")
    return result


def _around_commit() -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    commit = BaseDatabaseWrapper._commit

    def watched(self):
        if here.wrote:
            hit("before-commit")
        result = commit(self)
        if here.wrote:
            hit("after-commit")
            if here.point == "checkpoint":
                _kill_in_checkpoint(self)
        return result

    BaseDatabaseWrapper._commit = watched


def _kill_in_checkpoint(connection) -> None:
    """A checkpoint on a connection of its own, and the kill at the same moment."""
    here.left -= 1
    if here.left:
        return
    other = connection.copy()
    other.ensure_connection()
    statement = "PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "CHECKPOINT"
    threading.Thread(target=other.connection.execute, args=[statement], daemon=True).start()
    os.kill(os.getpid(), signal.SIGKILL)


def _around_move() -> None:
    from django.core.files.storage import filesystem

    move = filesystem.file_move_safe

    def watched(*args, **kwargs):
        hit("before-move")
        move(*args, **kwargs)
        hit("after-move")

    filesystem.file_move_safe = watched


def _around_mail() -> None:
    from django.core.mail.backends.filebased import EmailBackend

    send = EmailBackend.send_messages

    def watched(self, messages):
        hit("after-mark")
        sent = send(self, messages)
        hit("after-send")
        return sent

    EmailBackend.send_messages = watched


def _around_tasks() -> None:
    from django_tasks_db.management.commands.db_worker import Worker

    run = Worker.run_task

    def watched(self, task):
        arm()
        hit("worker-start")
        try:
            run(self, task)
        finally:
            here.point = ""

    Worker.run_task = watched


def _without_drawing() -> None:
    from reporting import pdf

    pdf.render = lambda report, **how: _one_page(report.title)


def _one_page(title: str) -> bytes:
    import io

    import pikepdf

    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/Title"] = title
        file = io.BytesIO()
        made.save(file)
    return file.getvalue()
