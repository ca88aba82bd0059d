"""Who may do what with the report: its chapters, its editions and their files.

The same rules as lists: Chapter.objects `.visible_to`, `.editable_by`; ReportEdition.objects `.visible_to`.
"""

from accounts.models import User
from initiatives.models import PlanYear
from initiatives.permissions import can_build_report, can_view_year, is_coordinating
from reporting.models import Chapter, ReportBuild, ReportEdition


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


def can_view_edition(user: User, edition: ReportEdition) -> bool:
    """What is published: whoever may look at the year. The others hold chapters that are not out: 福祉総務課."""
    return can_view_year(user, edition.plan_year) and (is_coordinating(user) or edition.is_public)


def can_move_edition(user: User) -> bool:
    """確定, 公表, 再開 and 取り下げ; and see why something went on with findings left open."""
    return is_coordinating(user)


def can_view_file(user: User, build: ReportBuild) -> bool:
    """The file of an edition goes with the edition; a draft stays with those who may build."""
    return can_build_report(user) or (build.edition is not None and can_view_edition(user, build.edition))


def can_answer_voices(user: User) -> bool:
    """Call for opinions of the public, read them, show and answer them."""
    return is_coordinating(user)
