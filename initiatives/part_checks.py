"""整合性チェック of one part, shown to its department while it writes: the same checks that the whole year gets.

No query of its own: the page has read the part with its entry, initiative and plan.
"""

from collections.abc import Collection
from dataclasses import dataclass

from initiatives import text_diff
from initiatives.checking.finding import FIELDS, Finding
from initiatives.checking.part import check_writing
from initiatives.checking.terms import Terms
from initiatives.checking.writing import Step, Writing
from initiatives.completeness import is_lead
from initiatives.models import EntryPart
from initiatives.part_forms import ENTRY_FIELDS

# Where a department can mend it: the field of the form for the field of a finding.
_FORM_FIELDS = {"rating": "self_rating"} | {
    name: name for name in ("result", "issues", "next_target", "low_rating_reason")
}
_BY_COMPLETENESS = {"low_rating_reason"}  # asked for as a field that is not filled


def findings_for_part(
    part: EntryPart, last: EntryPart | None = None, *, terms: Terms, joint: bool = False
) -> list[Finding]:
    """What is found in one part. `last`: what was written a year ago; `joint`: other departments write beside it."""
    if part.not_applicable_reason:
        return []
    return [
        finding
        for finding in check_writing(writing_of(part, last, terms=terms, joint=joint))
        if finding.check not in _BY_COMPLETENESS and _mendable(finding, part)
    ]


def writing_of(part: EntryPart, last: EntryPart | None, *, terms: Terms, joint: bool) -> Writing:
    entry, initiative = part.entry, part.entry.initiative
    plan = initiative.plan
    return Writing(
        code=initiative.code,
        fiscal_year=entry.fiscal_year,
        scale=tuple(Step(level.letter, level.min_rate, level.reason_required) for level in plan.scale),
        department=str(part.department),
        name=initiative.name,
        description=initiative.description,
        baseline=initiative.baseline,
        target=entry.target,
        next_target=entry.next_target,
        result=part.result,
        issues=part.issues,
        rating=part.self_rating,
        low_rating_reason=entry.low_rating_reason,
        last={"result": last.result, "issues": last.issues} if last else {},
        is_part=joint,
        terms=terms,
    )


def _mendable(finding: Finding, part: EntryPart) -> bool:
    name = finding.place.field
    return name in _FORM_FIELDS and (name not in ENTRY_FIELDS or is_lead(part))


@dataclass(frozen=True)
class Look:
    """What is worth a look: the field, what is wrong and what to do in plain words, and how it would read if mended."""

    name: str
    words: str
    finding: Finding

    @property
    def pieces(self) -> list[text_diff.Piece]:
        """The difference that mending makes; empty where the person has to find the words."""
        finding = self.finding
        return text_diff.excerpt(text_diff.diff(finding.basis, finding.mended)) if finding.mended else []


def worth_a_look(
    part: EntryPart, last: EntryPart | None, *, terms: Terms, joint: bool = False, told: Collection[str] = ()
) -> list[Look]:
    """The findings as the writing page shows them. They do not keep the part from being sent.

    `told`: checks whose finding stands on the page already.
    """
    return [
        Look(_FORM_FIELDS[one.place.field], _words(one), one)
        for one in findings_for_part(part, last, terms=terms, joint=joint)
        if one.check not in told
    ]


def _words(finding: Finding) -> str:
    if finding.check == "same_as_last_year":
        return finding.why  # the text stands beside it
    if finding.place.field == "rating":
        return f"{finding.found}。{finding.why}{finding.fix}"
    return f"{FIELDS[finding.place.field]}「{finding.found}」：{finding.why}{finding.fix}"
