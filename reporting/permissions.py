"""Who may do what with the report's chapters. The same rules as lists: Chapter.objects `.visible_to`, `.editable_by`."""

from accounts.models import User
from initiatives.models import PlanYear
from initiatives.permissions import is_coordinating
from reporting.models import Chapter


def can_view_chapters(user: User) -> bool:
    """Open the pages on which chapters are written: 福祉総務課. Everyone else reads the report when it is out."""
    return is_coordinating(user)


def can_view_chapter(user: User, chapter: Chapter) -> bool:
    return can_view_chapters(user)


def can_write_chapter(user: User, chapter: Chapter, plan_year: PlanYear) -> bool:
    """While the year is open and the chapter is not 確認済. `plan_year` is the year of the chapter."""
    return can_view_chapters(user) and not plan_year.is_locked and chapter.state == Chapter.State.DRAFT


def can_confirm_chapter(user: User, plan_year: PlanYear) -> bool:
    """Make a chapter 確認済, or take it back."""
    return can_view_chapters(user) and not plan_year.is_locked
