"""One initiative on one page: all years, departments' parts, re-listings both ways, history of changes."""

from dataclasses import dataclass, field

from accounts.models import User
from initiatives import completeness, history, later, permissions, reading, saving, text_diff, thread, workflow
from initiatives import fiscal_year as fy
from initiatives.grouping import grouped
from initiatives.models import Attachment, EntryPart, Initiative, PlanYear, Transition, YearlyEntry

SHOWN = 8  # changes on the page, as in the template


@dataclass
class YearView:
    """An initiative's entry of one year as one person may see it; `entry` is None where nothing was made yet."""

    plan_year: PlanYear
    entry: YearlyEntry | None
    parts: list[EntryPart] = field(default_factory=list)
    hidden: list[EntryPart] = field(default_factory=list)
    from_original: bool = False

    @property
    def label(self) -> str:
        return self.plan_year.label

    @property
    def rating(self) -> str:
        return self.entry.rating if self.entry and not self.hidden else ""

    @property
    def next_target(self) -> str:
        return self.entry.next_target if self.entry and not self.hidden else ""

    @property
    def is_joint(self) -> bool:
        return len(self.parts) + len(self.hidden) > 1

    @property
    def is_blank(self) -> bool:
        return self.entry is None


def entry_page(initiative: Initiative, plan_year: PlanYear, user: User) -> dict:
    """The context of entry_detail.html. The number of queries does not grow with years or departments."""
    years = _years(initiative, user)
    now = next(year for year in years if year.plan_year.pk == plan_year.pk)
    now.plan_year = plan_year  # the page's own, which knows the extensions already
    _offer_steps(now, user)
    talk = _talk(now, user)
    order = list(
        Initiative.objects.filter(plan=plan_year.plan)
        .in_force(plan_year.fiscal_year)
        .order_by("position")
        .only("pk", "code", "name")
    )
    place = next(index for index, other in enumerate(order) if other.pk == initiative.pk)
    return (
        {
            "initiative": initiative,
            "owners": list(initiative.owners.select_related("department")),
            "partners": list(initiative.partnerships.select_related("partner", "department")),
            "listings": list(initiative.cross_listings.order_by("position")),
            "now": now,
            "years": years,
            "next_label": fy.label(plan_year.fiscal_year + 1),
            "files": _files(now, user),
            "others": later.others_of(plan_year, initiative, now.entry),
            "place": place + 1,
            "count": len(order),
            "previous": order[place - 1] if place else None,
            "following": order[place + 1] if place + 1 < len(order) else None,
        }
        | talk
        | _changes(initiative, years, user, {part.pk for part, _ in talk["told"]})
    )


def _years(initiative: Initiative, user: User) -> list[YearView]:
    """Newest first: every year the person may look at."""
    plan_years = PlanYear.objects.visible_to(user).filter(plan_id=initiative.plan_id).order_by("-fiscal_year")
    wanted = [initiative.pk] + ([initiative.original_id] if initiative.original_id else [])
    entries = {
        (entry.initiative_id, entry.fiscal_year): entry
        for entry in YearlyEntry.objects.filter(initiative__in=wanted).prefetch_related("parts__department")
    }
    return [_year(initiative, plan_year, entries, user) for plan_year in plan_years]


def _year(initiative: Initiative, plan_year: PlanYear, entries: dict, user: User) -> YearView:
    entry = entries.get((initiative.pk, plan_year.fiscal_year))
    from_original = initiative.is_cross_listing and not (entry and entry.holds_own)
    if from_original:
        entry = entries.get((initiative.original_id, plan_year.fiscal_year), entry)
    view = YearView(plan_year, entry, from_original=from_original)
    for part in entry.parts.all() if entry else ():
        part.entry = entry
        seen = permissions.can_view_part(user, part, plan_year)
        (view.parts if seen else view.hidden).append(part)
    return view


def _offer_steps(year: YearView, user: User) -> None:
    """On the parts of the year in view, `.actions` (sending what is being written belongs to the writing page) and,
    for the people of the department, `.locked`: why it cannot be written now and whom to ask."""
    if year.from_original:
        return
    for part in year.parts:
        sending = completeness.SENDING if part.status in EntryPart.WRITABLE else ()
        steps = workflow.available_actions(part, user, year.plan_year).items()
        part.actions = {name: action for name, action in steps if name not in sending}
        if permissions.works_in(user, part):
            part.locked = saving.why_closed(part, user, year.plan_year)


def _files(year: YearView, user: User) -> list[Attachment]:
    """The evidence beside the parts of the year in view."""
    if not user.is_office or not year.parts:
        return []
    files = Attachment.objects.standing().filter(part__in=[part.pk for part in year.parts])
    return list(files.select_related("part__department").order_by("part__position", "at"))


def _talk(year: YearView, user: User) -> dict:
    """What was said about the parts: the talk with 福祉総務課, and the steps with their reasons and comments.

    For the part's own department and 福祉総務課; a co-owner reads the text, not what is said about it.
    """
    parts = [] if year.from_original else [part for part in year.parts if permissions.can_talk(user, part)]
    steps = grouped(reading.steps_of(parts) if parts else (), "part_id")
    return {
        "threads": thread.of_parts(parts, user, year.plan_year),
        "told": [(part, reading.events_of(steps[part.pk])) for part in parts if steps[part.pk]],
    }


FIELD_WORDS = {
    "attachments": "添付した資料",
    **{
        field.name: field.verbose_name for model in (Initiative, YearlyEntry, EntryPart) for field in model._meta.fields
    },
}


def _changes(initiative: Initiative, years: list[YearView], user: User, told: set[int]) -> dict[str, list]:
    """Changes that the person may read: of the plan's own words, and of entries and parts whose drafts are no secret.

    Beside them what somebody is writing there now, which is no step of the history yet. `told`: parts whose steps
    stand on the page already, with what was asked of them.
    """
    if not user.is_office:
        return {"changes": [], "writing": [], "compared": []}
    rows, compared = [initiative], []
    for year in years:
        open_to = [part for part in year.parts if permissions.can_view_drafts(user, part, year.plan_year)]
        rows += open_to
        compared += [(year.plan_year, part) for part in open_to]
        if year.entry and not year.from_original and not year.hidden and len(open_to) == len(year.parts):
            rows.append(year.entry)
    labels = {("initiatives.yearlyentry", year.entry.pk): year.label for year in years if year.entry}
    labels |= {
        ("initiatives.entrypart", part.pk): f"{year.label}　{part.department.name}"
        for year in years
        for part in year.parts
    }
    changes, writing = list(history.of_rows(rows)[:100]), list(history.pending(rows))
    for change in (*changes, *writing):
        change.where = labels.get((change.model, change.object_id), "計画に書かれた内容")
        change.field_label = FIELD_WORDS.get(change.field, change.field)
    for change in changes[:SHOWN]:
        change.pieces = text_diff.diff(change.old, change.new)
    events = sorted([*changes, *_steps(years, labels, user, told)], key=lambda event: event.at, reverse=True)
    return {"changes": events, "writing": writing, "compared": compared}


def _steps(years: list[YearView], labels: dict, user: User, told: set[int]) -> list[Transition]:
    """The steps of the parts that are visible; why one was sent back is between its department and 福祉総務課."""
    parts = {part.pk: part for year in years for part in year.parts if part.pk not in told}
    steps = list(Transition.objects.filter(part__in=parts).select_related("by", "on_behalf_of")[:100])
    for step in steps:
        step.where = labels["initiatives.entrypart", step.part_id]
        step.happened = reading.HAPPENED.get(step.action, step.action)
        step.shown_reason = step.reason if permissions.can_talk(user, parts[step.part_id]) else ""
    return steps
