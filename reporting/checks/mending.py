"""One press in the list: a word put right in the text it stands in, shown before it is done, as 軽微な修正.

Where and by whom a text may be changed is asked of the pages that keep it: initiatives (word_uses), chapters, 講評.
"""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from accounts.models import User
from initiatives import text_diff, word_uses
from initiatives.checking.finding import Finding
from initiatives.checking.terms import MENDABLE
from initiatives.grouping import grouped
from initiatives.models import PlanYear
from reporting import chapter_words, chapters
from reporting.checks.context import Context
from reporting.checks.spots import spot_of
from reporting.models import Chapter, CityEvent, Footnote
from reviews import reviewing
from reviews.models import CommitteeReview


@dataclass(frozen=True)
class Mend:
    """What the press would change, and where it is sent."""

    pieces: list[text_diff.Piece]
    address: str
    fields: tuple[tuple[str, str | int], ...]  # of the form, hidden
    closed: str = ""  # why not now; "" when it may be pressed


class Mender:
    """Words of a year that one press puts right: seven queries, however many. `user` None: nobody who could write."""

    def __init__(self, plan_year: PlanYear, context: Context, user: User | None):
        self.plan_year, self.context, self.user = plan_year, context, user
        self.of_year = {"plan": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}

    def of(self, finding: Finding) -> Mend | None:
        """None where there is no one way to put it right, or where the word stands in what Ayumi itself puts in."""
        if not finding.mended or self.user is None:
            return None
        if finding.place.kind == "row":
            return self._of_row(finding)
        if finding.place.kind == "review":
            return self._of_review(finding)
        if finding.place.kind == "footnote" and int(finding.place.code) in self._notes:
            return self._of_note(finding)
        return self._of_chapter(finding)

    def _url(self, name: str, *more) -> str:
        return reverse(name, args=[self.plan_year.plan_id, self.plan_year.fiscal_year, *more])

    # --- Initiatives --------------------------------------------------------------------------------

    @cached_property
    def _uses(self) -> dict[tuple[str, str], list[word_uses.Use]]:
        found = word_uses.uses(self.plan_year, self.context.terms)
        return grouped(found, lambda use: (use.initiative.code, use.called))

    def _of_row(self, finding: Finding) -> Mend | None:
        uses = self._uses[finding.place.code, finding.place.field]
        use = next((use for use in uses if (use.text, use.mended) == (finding.basis, finding.mended)), None)
        if use is None:
            return None
        hands = word_uses.hands(use, self.user, self.plan_year)
        _, advice = word_uses.HANDS[hands]
        closed = "" if hands in word_uses.MENDABLE_BY_OFFICE else advice
        return Mend(use.pieces, self._url("initiatives:term_uses"), (("use", use.key),), closed)

    # --- Chapters and their notes -------------------------------------------------------------------

    @cached_property
    def _chapters(self) -> dict[tuple[int, str], tuple[Chapter, list[chapter_words.Use]]]:
        """What is typed in each chapter, with the uses of wrong words in it."""
        events = grouped(CityEvent.objects.filter(**self.of_year).order_by("position"), "goal_id")
        found = {}
        for chapter in Chapter.objects.visible_to(self.user).filter(**self.of_year).select_related("goal"):
            of_goal = events[chapter.goal_id] if chapters.has_events(chapter) else []
            rows = [(event.when, event.what) for event in of_goal]
            goal = chapter.goal.number if chapter.goal else 0
            found[goal, chapter.kind] = chapter, chapter_words.uses(chapter, chapter.text, rows, self.context.terms)
        return found

    def _of_chapter(self, finding: Finding) -> Mend | None:
        spot = spot_of(finding.place, finding, self.context.report)
        if spot is None or (spot.goal, spot.kind) not in self._chapters:
            return None
        chapter, told = self._chapters[spot.goal, spot.kind]
        alike = (use for use in told if (use.row, use.finding.subject) == (spot.row, finding.subject) and use.may_mend)
        use = next(alike, None)
        if use is None:  # the word stands in what a figure prints
            return None
        address = self._url("reporting:chapter_mend", spot.goal, spot.kind)
        closed = chapters.why_closed(self.user, chapter, self.plan_year)
        return Mend(use.pieces, address, (("version", chapter.version), ("mend", use.key)), closed)

    @cached_property
    def _notes(self) -> dict[int, Footnote]:
        """Those that are kept under numbers of their own."""
        return {note.number: note for note in Footnote.objects.filter(**self.of_year)}

    def _of_note(self, finding: Finding) -> Mend | None:
        note = self._notes[int(finding.place.code)]
        if note.text != finding.basis:
            return None
        closed = chapters.why_notes_closed(self.user, self.plan_year)
        fields = (("note", note.number), ("word", self._word(finding)))
        return Mend(_pieces(finding), self._url("reporting:chapter_notes"), fields, closed)

    # --- 講評 ---------------------------------------------------------------------------------------

    @cached_property
    def _reviews(self) -> dict[int, CommitteeReview]:
        kept = CommitteeReview.objects.filter(**self.of_year).select_related("goal")
        return {review.goal.number if review.goal else 0: review for review in kept}

    def _of_review(self, finding: Finding) -> Mend | None:
        goal = finding.place.goal or 0
        review = self._reviews.get(goal)
        if review is None or review.text != finding.basis:
            return None
        closed = reviewing.why_closed(review, self.plan_year)
        fields = (("version", review.version), ("word", self._word(finding)))
        return Mend(_pieces(finding), self._url("reviews:review_mend", goal), fields, closed)

    def _word(self, finding: Finding) -> str:
        """The name of the word of the dictionary that makes of the text what the finding says."""
        terms = self.context.terms.of(*MENDABLE)
        return next(term.name for term in terms if term.mended(finding.basis) == finding.mended)


def _pieces(finding: Finding) -> list[text_diff.Piece]:
    return text_diff.excerpt(text_diff.diff(finding.basis, finding.mended))
