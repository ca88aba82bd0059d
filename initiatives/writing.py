"""What stands around a department's form: last year, what is missing, numbers, co-owners. Saving is in saving.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from accounts.models import User
from config.prepared import Given, Prepared
from indicators.calculation import Band, Scale
from initiatives import completeness, dictionary, handover, part_checks, permissions, reading, saving, thread, workflow
from initiatives import fiscal_year as fy
from initiatives.composition import compose
from initiatives.grouping import grouped
from initiatives.models import EntryPart, InitiativeDepartment, PlanYear, RatingLevel, YearlyEntry
from initiatives.target_rate import TargetRate, how_to_settle, target_rate, why_other

Status = EntryPart.Status
MENDED = "用語を直した"  # the reason in the history


def parts_for(user: User, plan_year: PlanYear):
    """Parts of the year that the person may read, with what writing needs: one query."""
    return _of_year(EntryPart.objects.visible_to(user), plan_year.plan_id, plan_year.fiscal_year).select_related(
        "department", "entry__initiative__plan", "entry__initiative__direction__policy__goal"
    )


def own_part(user: User, plan_year: PlanYear, pk: int) -> EntryPart | None:
    """A part of the person's own departments with what saving needs and no more, for what is saved at every pause."""
    found = _part_to_save(pk=pk, plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year)
    return next((part for part in found if part.department_id in user.department_ids()), None)


@Prepared
def _part_to_save():
    parts = EntryPart.objects.filter(pk=Given("pk")).order_by()
    return _of_year(parts, Given("plan"), Given("fiscal_year")).select_related("entry__initiative")


def _of_year(parts, plan: int | Given, fiscal_year: int | Given):
    """Those of the year, each with its `lead_department`."""
    lead = Q(entry__initiative__owners__role=InitiativeDepartment.Role.LEAD)
    return parts.filter(entry__initiative__plan=plan, entry__fiscal_year=fiscal_year).annotate(
        lead=FilteredRelation("entry__initiative__owners", condition=lead), lead_department=F("lead__department")
    )


# --- Last year --------------------------------------------------------------------------------------


@dataclass
class LastYear:
    """What the same department (or the one it grew out of) wrote a year ago."""

    label: str
    target: str = ""
    result: str = ""
    issues: str = ""
    rating: str = ""
    low_rating_reason: str = ""
    part: EntryPart | None = None
    lengths: dict[str, int] = field(default_factory=dict)
    rate: TargetRate | None = None


def length(text: str) -> int:
    """Characters as people count them: a line break is none (as in static/js/app.js)."""
    return len(text.replace("\n", ""))


def last_year(part: EntryPart, user: User) -> LastYear:
    return last_years([part], user)[part.pk]


def last_years(parts: Iterable[EntryPart], user: User) -> dict[int, LastYear]:
    """For each of some parts of one fiscal year, by its pk. Two queries, however many."""
    parts = list(parts)
    year = parts[0].entry.fiscal_year - 1 if parts else 0
    initiatives = {part.entry.initiative_id for part in parts}
    entries = {
        row.initiative_id: row for row in YearlyEntry.objects.filter(initiative__in=initiatives, fiscal_year=year)
    }
    past = EntryPart.objects.visible_to(user).filter(entry__in=[entry.pk for entry in entries.values()])
    # A part comes once for every department that took over from its own.
    past = grouped(past.annotate(heir=F("department__successors")).order_by("position"), "entry_id")
    return {part.pk: _last_year(part, entries.get(part.entry.initiative_id), past) for part in parts}


def _last_year(part: EntryPart, entry: YearlyEntry | None, past: Mapping[int, list[EntryPart]]) -> LastYear:
    label = fy.label(part.entry.fiscal_year - 1)
    if entry is None:
        return LastYear(label)
    ours = [old for old in past[entry.pk] if part.department_id in (old.department_id, old.heir)]
    own = next(iter(sorted(ours, key=lambda old: old.department_id != part.department_id)), None)
    seen = LastYear(label, target=entry.target, part=own)
    if own:
        seen.result = "\n".join(filter(None, [own.printed_result, entry.shared_result]))
        seen.issues = "\n".join(filter(None, [own.issues, entry.shared_issues]))
        seen.rating = own.self_rating or entry.rating
        seen.low_rating_reason = entry.low_rating_reason
        seen.rate = target_rate(entry.target, seen.result, entry.fiscal_year)
    seen.lengths = {"result": length(seen.result), "issues": length(seen.issues)}
    return seen


# --- The page ---------------------------------------------------------------------------------------


def page(part: EntryPart, user: User, plan_year: PlanYear) -> dict:
    """Everything around the form. A fixed number of queries."""
    last = last_year(part, user)
    returned = reading.open_return(part)
    scale = plan_year.plan.scale
    around = {
        "plan_year": plan_year,
        "rating_scale": scale,
        "part": part,
        "entry": part.entry,
        "initiative": part.entry.initiative,
        "lead": completeness.is_lead(part),
        "last": last,
        "last_titles": {
            "result": f"{last.label}の実績",
            "low_rating_reason": f"{last.label}の低評価の理由",
            "issues": f"{last.label}に書いた課題と予定",
            "next_target": f"{last.label}に書いた、今年度の目標",
        },
        "levels": [(level.letter, level.definition, from_, below) for level, from_, below in _bounds(scale)],
        "low_letters": [level.letter for level in scale if level.reason_required],
        "steps": _steps(part),
        "returned": returned,
        "asked": reading.comments_of(returned),
        "thread": thread.of_part(part, user, plan_year),
        "files": part.attachments.standing(),
        "acting_for": permissions.writes_for(user, part),
        "handover": handover.note_on(part),
        "actions": {
            name: action
            for name, action in workflow.available_actions(_as_begun(part), user, plan_year).items()
            if name in completeness.SENDING
        },
    }
    return around | checks(part, last) | joint(part) | _place(part, plan_year)


def checks(part: EntryPart, last: LastYear) -> dict:
    """What is missing before the part is sent, and what is worth a look."""
    lacks, found = completeness.missing(part), numbers(part)
    told = {"rating_number"} if found["warning"] else ()  # the sum itself stands under the rating
    looks = _looks(part, last, told)
    return {
        "lacks": lacks,
        "looks": looks,
        "numbers": found,
        "check_count": len(lacks) + len(looks) + bool(found["warning"]),
    }


def _looks(part: EntryPart, last: LastYear, told: Collection[str] = ()) -> list[part_checks.Look]:
    known = dictionary.terms_of(part.entry.initiative.plan.city_name)
    return part_checks.worth_a_look(part, last.part, terms=known, joint=len(_siblings(part)) > 1, told=told)


def mend(part: EntryPart, key: str, *, by: User) -> str:
    """Put right what was found under the key, in the words that stand there now. Says what was done; "" if it is gone."""
    look = next((look for look in _looks(part, last_year(part, by)) if look.finding.key == key), None)
    if look is None or not look.finding.mended:
        return ""
    saving.write(part, {look.name: look.finding.mended}, by=by, reason=MENDED)
    return f"「{look.finding.subject}」を「{look.finding.expected}」に直しました。"


def joint(part: EntryPart) -> dict:
    """The departments that write the same initiative, and how it will be printed."""
    parts = _siblings(part)
    return {
        "lead_part": next((other for other in parts if other.department_id == part.lead_department), None),
        "others": [other for other in parts if other.pk != part.pk],
        "joint_count": len(parts),
        "preview": {
            kind: compose(
                getattr(part.entry, f"shared_{kind}"),
                [(str(other.department), getattr(other, text)) for other in parts],
                joint=len(parts) > 1,
            )
            for kind, text in (("result", "printed_result"), ("issues", "issues"))
        },
        "next_label": fy.label(part.entry.fiscal_year + 1),
    }


def _siblings(part: EntryPart) -> list[EntryPart]:
    """All parts of the entry as they are printed, this one as it is in hand. Read once."""
    if not hasattr(part, "siblings"):
        found = part.entry.parts.select_related("department")
        part.siblings = [part if other.pk == part.pk else other for other in found]
    return part.siblings


def _place(part: EntryPart, plan_year: PlanYear) -> dict:
    """Where the part stands among those that can be written, and which are before and after it."""
    mine = EntryPart.objects.filter(
        Q(status__in=EntryPart.WRITABLE) | Q(pk=part.pk),
        department=part.department_id,
        entry__initiative__plan=plan_year.plan_id,
        entry__fiscal_year=plan_year.fiscal_year,
    ).order_by("entry__initiative__position")
    order = list(mine.values_list("pk", "entry__initiative__code", "entry__initiative__name"))
    place = [pk for pk, _, _ in order].index(part.pk)
    return {
        "place": place + 1,
        "count": len(order),
        "previous": order[place - 1] if place else None,
        "following": order[place + 1] if place + 1 < len(order) else None,
    }


# --- The number against the target ------------------------------------------------------------------


def numbers(part: EntryPart) -> dict[str, str]:
    """The result's number against the target's in words, which rating it lies in, and whether another was chosen.

    All empty where the texts leave a doubt (target_rate).
    """
    found = rate_of(part)
    if found is None:
        return {"rate": "", "band": "", "warning": ""}
    scale = part.entry.initiative.plan.scale
    letter = Scale(Band(level.letter, level.min_rate, level.points) for level in scale).rating_for(found.rate)
    warning = ""
    if part.self_rating and part.self_rating != letter:
        warning = why_other(found.rate, letter) + how_to_settle(letter, part.self_rating)
    bound = next(from_ + below for level, from_, below in _bounds(scale) if level.letter == letter)
    return {"rate": str(found), "band": f"この割合の評価は{letter}（{bound}）です。", "warning": warning}


def rate_of(part: EntryPart) -> TargetRate | None:
    """The pair of numbers of a part; None when a co-owner's text has a number that counts the same."""
    year, target = part.entry.fiscal_year, part.entry.target
    found = target_rate(target, part.result, year)
    if found is None:
        return None
    whole = "\n".join([part.entry.shared_result, *(other.result for other in _siblings(part))])
    return found if target_rate(target, whole, year) == found else None


def levels(plan_year: PlanYear) -> list[tuple[str, str, str]]:
    """Letter, meaning and bounds in words, best first: for a sheet, where one bound has to do."""
    return [(level.letter, level.definition, from_ or below) for level, from_, below in _bounds(plan_year.plan.scale)]


def _bounds(scale: Sequence[RatingLevel]) -> list[tuple[RatingLevel, str, str]]:
    """Each level with its lower and upper bound in words, best first."""
    lower = [f"{level.min_rate}％以上" if level.min_rate else "" for level in scale]
    upper = ["", *(f"{level.min_rate}％未満" for level in scale)]
    return list(zip(scale, lower, upper, strict=False))


# --- Where the part stands --------------------------------------------------------------------------


def _as_begun(part: EntryPart) -> EntryPart:
    """Sending begins with saving, which makes 作成中 of 未着手: the buttons are those of a part that was begun."""
    if part.status != Status.NOT_STARTED:
        return part
    return EntryPart(pk=part.pk, department=part.department, entry=part.entry, status=Status.DRAFT)


def _steps(part: EntryPart) -> list[tuple[str, str, bool]]:
    """Key, word, whether it is now. 未着手 and 差戻し中 stand where 作成中 stands."""
    first = part.status if part.status in EntryPart.WRITABLE else Status.DRAFT
    keys = [first, Status.AWAITING_MANAGER, Status.SUBMITTED, Status.APPROVED]
    if not part.department.manager_step and part.status != Status.AWAITING_MANAGER:
        keys.remove(Status.AWAITING_MANAGER)
    return [(str(key), Status(key).label, key == part.status) for key in keys]


# --- What autosave is told --------------------------------------------------------------------------


def answer(part: EntryPart, *, newer: bool) -> dict:
    """What autosave is told."""
    return {
        "version": part.version,
        "entry_version": part.entry.version,
        "saved_at": saved_at(),
        "status": part.status,
        "status_label": part.get_status_display(),
        "numbers": numbers(part),
        "newer": newer,
    }


def saved_at() -> str:
    return timezone.localtime().strftime("%H:%M")
