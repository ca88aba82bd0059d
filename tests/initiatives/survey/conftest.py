import pytest

from accounts.models import User
from initiatives.models import EntryPart
from initiatives.survey import compare
from tests.factories import PlanYearFactory, make_entry, make_initiative
from tests.initiatives.survey.sheets import download

S = EntryPart.Status


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def parts(plan, plan_year, department, other_department) -> dict[str, EntryPart]:
    """Of 高齢課: one of its own, one with another department in the lead, one that was submitted. And one of 防災課."""
    PlanYearFactory(plan=plan, fiscal_year=2023, status="published")
    own = make_initiative(plan, "1-1-1-1", department, name="見守り")
    make_entry(own, 2023, target="8件", result="去年は9件。", issues="人が足りない。", rating="B")
    make_entry(own, status=S.DRAFT, target="10件", result="10件行った。", issues="課題がある。", next_target="12件")
    joint = make_initiative(plan, "1-1-1-2", other_department, department, name="訓練")
    make_entry(joint, status=S.DRAFT, result="訓練をした。", next_target="主担当の目標")
    sent = make_initiative(plan, "1-1-1-3", department, name="体操")
    make_entry(sent, status=S.SUBMITTED, result="体操をした。")
    make_entry(make_initiative(plan, "1-1-1-4", other_department, name="よその取組"), status=S.DRAFT)
    found = EntryPart.objects.filter(entry__fiscal_year=2024).select_related("entry__initiative", "department")
    return {
        part.entry.initiative.code: part
        for part in found
        if part.department == department or part.entry.initiative.code == "1-1-1-4"
    }


@pytest.fixture
def content(parts, writer, plan_year, department) -> bytes:
    """高齢課's 調査票 as it is downloaded."""
    return download(writer, plan_year, department)


@pytest.fixture
def look(plan_year, writer):
    """look(content) is the preview as `writer` sees it."""

    def look(content: bytes, user: User = writer, year=None):
        # Read anew: a person's departments and a year's extensions are remembered for one request.
        return compare.preview(content, User.objects.get(pk=user.pk), year or plan_year)

    return look
