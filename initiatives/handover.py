"""引継ぎメモ: what a department's people leave for those who come after them. Kept, never overwritten."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Department, User
from initiatives.history import Conflict
from initiatives.models import EntryPart, HandoverNote, Initiative


@dataclass(frozen=True)
class Shown:
    """The note of the department itself, and those of the closed departments that it grew out of."""

    own: HandoverNote | None
    inherited: list[HandoverNote]

    @property
    def is_blank(self) -> bool:
        return self.own is None and not self.inherited


def _shown(notes: list[HandoverNote], department_id: int) -> Shown:
    own = next((note for note in notes if note.department_id == department_id), None)
    return Shown(own, [note for note in notes if note.department_id != department_id])


def _with_people(notes):
    return notes.select_related("by", "on_behalf_of", "department", "initiative")


def note_on(part: EntryPart) -> Shown:
    """What the part's department knows about its initiative. One query."""
    notes = HandoverNote.objects.current().handed_to([part.department_id]).filter(initiative=part.entry.initiative_id)
    return _shown(list(_with_people(notes)), part.department_id)


def of_department(department_id: int, initiative: Initiative | None) -> Shown:
    """As it is shown on the page of the note: on one initiative, or on the work as a whole."""
    notes = HandoverNote.objects.current().handed_to([department_id]).filter(initiative=initiative)
    return _shown(list(_with_people(notes)), department_id)


def on_the_work(user: User) -> list[HandoverNote]:
    """Notes on the work as a whole of the departments a person acts for: what ホーム shows. One query."""
    return list(_with_people(HandoverNote.objects.current().readable_by(user).filter(initiative=None)))


def on_initiatives(department_id: int) -> list[HandoverNote]:
    """Every initiative that the department knows something about, in the order of the plan."""
    notes = HandoverNote.objects.current().handed_to([department_id]).filter(initiative__isnull=False)
    return sorted(_with_people(notes), key=lambda note: (note.initiative.plan_id, note.initiative.position))


def versions(department_id: int, initiative: Initiative | None) -> list[HandoverNote]:
    """Everything the department itself wrote here, newest first."""
    notes = HandoverNote.objects.filter(department=department_id, initiative=initiative)
    return list(_with_people(notes))


def write(
    department: Department, initiative: Initiative | None, text: str, *, seen: int | None, by: User
) -> HandoverNote | None:
    """Put a text in the place of the one that was `seen` (its number; None: there was none).

    None if nothing changed. Raises Conflict if a colleague wrote meanwhile.
    """
    last = versions(department.pk, initiative)[:1]
    if seen != (last[0].pk if last else None):
        raise Conflict(str(department))
    if text == (last[0].text if last else ""):
        return None
    note = HandoverNote(
        department=department, initiative=initiative, text=text, by=by,
        on_behalf_of=by.acting_for(department.pk), replaces=last[0] if last else None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError as error:  # at the very same moment
        raise Conflict(str(department)) from error
    return note
