"""What the check finds in one chapter as it stands in the editor: the same checks as over the year, in its own words.

Left to the year are those that must read every text (words of the plan, the same text twice), and what the editor
tells by itself: markers that cannot be read, words of the dictionary.
"""

from dataclasses import dataclass

from initiatives import dictionary
from initiatives.checking import part
from initiatives.checking.finding import Check, Finding
from reporting.chapters import EVENTS, Draft, has_events
from reporting.checks.context import Context
from reporting.checks.run import CHECKS, NOT_IN_CHAPTERS, WHOLE
from reporting.checks.spots import Spot, spot_of
from reporting.checks.year import ACCEPTED, judge
from reporting.models import Chapter

_AGAINST_THE_REPORT = ("chapter_counts", "headings", "indicator_trend", "quoted_names", "writing_style")
_TOLD_ALREADY = {"terms"}


@dataclass(frozen=True)
class Told:
    """A finding with where it stands: a paragraph of the text, or a row of the events."""

    finding: Finding
    check: Check
    spot: Spot

    @property
    def where(self) -> str:
        if self.spot.row:
            return f"市の動向の{self.spot.row}行目"
        return f"{self.spot.paragraph}段落目" if self.spot.paragraph else ""


def findings(draft: Draft) -> list[Told]:
    """In the order of the text; what was accepted as it is is left out. Two queries."""
    if draft.chapter.kind in Chapter.NOT_PRINTED:
        return []
    terms = dictionary.terms_of(draft.plan_year.plan.city_name)
    context = Context(report=draft.prose.report, terms=terms)
    kinds = {draft.chapter.kind, EVENTS} if has_events(draft.chapter) else {draft.chapter.kind}
    found = []
    for finding in _found(context, draft, kinds):
        spot = spot_of(finding.place, finding, context.report)
        found.append(Told(finding, CHECKS[finding.check], spot or Spot(draft.goal_number or 0, draft.chapter.kind)))
    accepted = {
        one.finding.key for one in judge(draft.plan_year, [each.finding for each in found]) if one.state == ACCEPTED
    }
    found = [each for each in found if each.finding.key not in accepted]
    return sorted(found, key=lambda each: (each.spot.row, each.spot.paragraph))


def _found(context: Context, draft: Draft, kinds: set[str]) -> list[Finding]:
    by_text = [
        check
        for name, check in part.CHECKS.items()
        if check.looks_at == "text" and name not in NOT_IN_CHAPTERS | _TOLD_ALREADY
    ]
    own = [passage for passage in context.chapter_passages if _is_in(passage.place, draft, kinds)]
    found = [one for passage in own for check in by_text for one in check.run(passage)]
    whole = [one for name in _AGAINST_THE_REPORT for one in WHOLE[name].run(context)]
    return list({one.key: one for one in (*found, *whole) if _is_in(one.place, draft, kinds)}.values())


def _is_in(place, draft: Draft, kinds: set[str]) -> bool:
    kind = EVENTS if place.kind == "event" else place.field if place.kind == "chapter" else ""
    return place.goal == draft.goal_number and kind in kinds
