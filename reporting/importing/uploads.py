"""A file on its way in: kept, looked at again before it is taken in, removed when it is no longer needed."""

from django.db import transaction

from accounts.models import User
from initiatives.models.upload import FileGone
from initiatives.workbook_reader import UNCHANGED
from reporting.importing.compare import Answers, Preview, commit
from reporting.importing.read import read_upload
from reporting.importing.source import Problem, Refused, Source
from reporting.models import ReportImport


def answers_of(upload: ReportImport) -> Answers:
    kept = upload.answers
    return Answers(kept.get("plan", ""), kept.get("departments", {}), frozenset(kept.get("add", ())))


def remember_answers(upload: ReportImport, answers: Answers) -> None:
    upload.answers = {"plan": answers.plan, "departments": dict(answers.departments), "add": sorted(answers.add)}
    upload.save(update_fields=["answers"])


def reread(upload: ReportImport) -> Source:
    """The kept file, again. Raises Refused, also when it is no longer the file that was chosen."""
    try:
        content = upload.content()
    except FileGone as error:
        why = f"選んだときのファイルが残っていません。{UNCHANGED}もう一度、ファイルを選んでください。"
        raise Refused([Problem(upload.file_name, "", why)]) from error
    return read_upload(content, upload.file_name, upload.fiscal_year)


@transaction.atomic
def apply(upload: ReportImport, *, base: str, by: User) -> Preview:
    """Take the file in, once. Raises Refused, ChangedMeanwhile (the preview no longer holds) and AlreadyDone."""
    source = reread(upload)
    upload.mark_applied(by=by, base_digest=base)
    done = commit(source, answers_of(upload), by, base)
    if done.questions:
        raise Refused(
            [Problem(upload.file_name, "", "まだ決めていないことがあります。答えてから、取り込んでください。")]
        )
    ReportImport.objects.filter(pk=upload.pk).update(plan_year=done.plan_year, summary=summary_of(done))
    return done


def summary_of(done: Preview) -> dict:
    """What came in, as the result page shows it."""
    return {
        "plan": done.plan_name,
        "letters": list(done.letters),
        "goals": [
            {
                "number": goal.number,
                "name": goal.name,
                "rows": goal.rows,
                "cross_listings": goal.cross_listings,
                "ratings": list(goal.ratings.values()),
                "unrated": goal.unrated,
            }
            for goal in done.counts
        ],
        "tables": [
            {"label": table.label, "made": len(table.made), "changed": table.changed_rows, "unchanged": table.unchanged}
            for table in done.outcomes
            if table.made or table.changed_rows or table.unchanged
        ],
        "new_departments": list(done.new_departments),
        "notes": {kind: [str(note) for note in notes] for kind, notes in done.notes_by_kind().items()},
        "made": done.made,
        "changed": done.changed,
        "unchanged": done.unchanged,
    }
