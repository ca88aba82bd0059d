"""Where the words of the dictionary are wrong in a year's texts, and putting them right as 軽微な修正."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from initiatives import grouping, history, review, text_diff
from initiatives.checking.finding import FIELDS
from initiatives.checking.terms import MENDABLE, Term, Terms
from initiatives.history import Conflict
from initiatives.models import EntryPart, Initiative, InitiativeDepartment, PlanYear, YearlyEntry
from initiatives.permissions import is_coordinating
from initiatives.reading import CORRECTION

Row = Initiative | YearlyEntry | EntryPart
# The texts that are looked through and mended, by the row that holds them; each with what a finding calls it.
OF_PLAN = {"description": "description", "note": "note"}
OF_ENTRY = {
    "target": "target", "shared_result": "result", "shared_issues": "issues", "next_target": "next_target",
    "low_rating_reason": "low_rating_reason",
}  # fmt: skip
OF_PART = {"result": "result", "issues": "issues"}


@dataclass(frozen=True)
class Use:
    """A text in which a word is wrong, with what it would read like.

    `part`: in whose hands the text is; what an entry has but once goes with its lead's. None: words of the plan.
    """

    row: Row
    field: str
    words: Term
    initiative: Initiative
    part: EntryPart | None = None

    @property
    def key(self) -> str:
        """Names the use on a form: row, field, the text as it was seen, word."""
        seen = hashlib.sha256(self.text.encode()).hexdigest()[:12]
        return f"{self.row._meta.model_name}:{self.row.pk}:{self.field}:{seen}:{self.words.name}"

    @property
    def text(self) -> str:
        return getattr(self.row, self.field)

    @property
    def mended(self) -> str:
        return self.words.mended(self.text)

    @property
    def pieces(self) -> list[text_diff.Piece]:
        """The difference, with little around it."""
        return text_diff.excerpt(text_diff.diff(self.text, self.mended))

    @property
    def called(self) -> str:
        """The field as a finding names it."""
        return (OF_PLAN | OF_ENTRY | OF_PART)[self.field]

    @property
    def label(self) -> str:
        return FIELDS[self.called]


def uses(plan_year: PlanYear, known: Terms) -> list[Use]:
    """Every text of the year that a word of the dictionary would mend, in the order of the plan. Three queries."""
    year = plan_year.fiscal_year
    leads = InitiativeDepartment.objects.filter(role=InitiativeDepartment.Role.LEAD, initiative__plan=plan_year.plan_id)
    lead_of = dict(leads.values_list("initiative_id", "department_id"))
    parts = EntryPart.objects.filter(entry__initiative__plan=plan_year.plan_id, entry__fiscal_year=year).select_related(
        "entry__initiative", "department"
    )
    by_initiative = grouping.grouped(parts.order_by("position"), "entry.initiative_id")
    initiatives = Initiative.objects.filter(plan=plan_year.plan_id).in_force(year).order_by("position")
    return [use for each in initiatives for use in _uses(each, by_initiative[each.pk], lead_of.get(each.pk), known)]


def _uses(initiative: Initiative, parts: list[EntryPart], lead: int | None, known: Terms) -> Iterator[Use]:
    yield from _in(initiative, OF_PLAN, known, initiative)
    if parts:
        lead_part = next((part for part in parts if part.department_id == lead), parts[0])
        yield from _in(lead_part.entry, OF_ENTRY, known, initiative, lead_part)
    for part in parts:
        yield from _in(part, OF_PART, known, initiative, part)


def _in(row: Row, fields: Iterable[str], known: Terms, initiative: Initiative, part=None) -> Iterator[Use]:
    for field in fields:
        text = getattr(row, field)
        for words in known.of(*MENDABLE) if text else ():
            if any(words.uses(text)):
                yield Use(row, field, words, initiative, part)


def counts(plan_year: PlanYear, known: Terms) -> Counter[tuple[str, str]]:
    """How many texts of the year each word would mend, by the word's key."""
    return Counter(use.words.key for use in uses(plan_year, known))


# --- Whose it is to mend ------------------------------------------------------------------------------

MINE, PLAN, THEIRS, APPROVED, LOCKED = "mine", "plan", "theirs", "approved", "locked"
# Title, and how to deal with it.
HANDS = {
    MINE: ("ここで直せるもの", "提出されたものです。選んで直すと、軽微な修正として記録に残り、担当課も読めます。"),
    PLAN: ("計画の文", "取組内容と※の文です。直すと、確定していない年度の画面と報告書が変わります。確定した報告書は変わりません。"),
    THEIRS: ("担当課が書いているもの", "書く画面に同じ指摘が出て、担当課が1回押すと直せます。"),
    APPROVED: ("承認されたもの", "だまって変えることはしません。直すときは、取組のページで承認を取り消して、担当課に差し戻してください。"),
    LOCKED: ("いまは直せないもの", "この年度は、書きかえができない状態です。"),
}  # fmt: skip
MENDABLE_BY_OFFICE = (MINE, PLAN)


def hands(use: Use, user: User, plan_year: PlanYear) -> str:
    """In whose hands the text is: one of HANDS."""
    if use.part is None:
        return PLAN if is_coordinating(user) and not plan_year.is_locked else LOCKED
    if review.may_correct(user, use.part, plan_year):
        return MINE
    if use.part.status == EntryPart.Status.APPROVED:
        return APPROVED
    return THEIRS if plan_year.status in PlanYear.IN_HAND else LOCKED


@dataclass(frozen=True)
class Group:
    """Uses that are dealt with in the same way, and how."""

    title: str
    advice: str
    uses: tuple[Use, ...]
    may_mend: bool = False


def grouped(found: Iterable[Use], user: User, plan_year: PlanYear) -> list[Group]:
    """What 福祉総務課 may mend itself, what the departments have in hand, what is approved."""
    held = grouping.grouped(found, lambda use: hands(use, user, plan_year))
    return [Group(*words, tuple(held[name]), name in MENDABLE_BY_OFFICE) for name, words in HANDS.items() if held[name]]


def mend(chosen: Iterable[Use], *, by: User, plan_year: PlanYear) -> tuple[list[Row], list[Row]]:
    """Put the chosen uses right in what 福祉総務課 may mend, as 軽微な修正. (rows mended, rows left as they are)

    A text that is approved, or still with its department, is left: nothing changes behind anybody's back.
    """
    done, left = [], []
    for row, own in grouping.grouped(chosen, lambda use: use.row).items():
        values = {use.field: use.text for use in own}
        for use in own:
            values[use.field] = use.words.mended(values[use.field])
        try:
            mended = _mend(row, own[0], values, by, plan_year)
        except Conflict:
            mended = False
        (done if mended else left).append(row)
    return done, left


def _mend(row: Row, use: Use, values: dict[str, str], by: User, plan_year: PlanYear) -> bool:
    if hands(use, by, plan_year) not in MENDABLE_BY_OFFICE:
        return False
    if use.part is None:
        seen = {field: getattr(row, field) for field in values}  # a plan's words have no version
        return bool(history.save_changes(row, values, by=by, reason=CORRECTION, **seen))
    return review.correct(use.part, values, by=by, row=row)
