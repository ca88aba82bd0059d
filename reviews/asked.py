"""What a department reads of a question that 福祉総務課 asked it: frozen, and without a field for who said what."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from initiatives.models import PlanYear, YearlyEntry
from reviews import permissions, ratings
from reviews.models import CommitteeRating, Inquiry
from reviews.ratings import Together


@dataclass(frozen=True)
class Asked:
    pk: int
    about: str
    url: str  # of the initiative's page; "" for anything else
    department: str
    question: str
    asked_by: str
    asked_at: datetime
    opinion: str  # "" when it is asked about ratings
    quoted: str
    ratings: Together | None
    city_rating: str
    state: str
    in_hand: str
    reply: str
    replied_by: str
    replied_at: datetime | None
    may_reply: bool
    answer: str  # 市の考え方 when it is 確定
    answer_kind: str

    @property
    def is_waiting(self) -> bool:
        return self.state == Inquiry.State.ASKED


def asked_of(user: User, plan_year: PlanYear, *, pk: int | None = None) -> list[Asked]:
    """The questions to the person's departments, those that wait first. A fixed number of queries."""
    found = Inquiry.objects.filter(plan_year=plan_year, department__in=user.department_ids()).visible_to(user)
    if pk is not None:
        found = found.filter(pk=pk)
    inquiries = list(found.select_related("department", "asked_by", "replied_by", "opinion__response", "initiative"))
    given = _ratings(plan_year, inquiries)
    inquiries.sort(key=lambda each: (each.state != Inquiry.State.ASKED, each.asked_at))
    return [_asked(inquiry, plan_year, user, given) for inquiry in inquiries]


def _ratings(plan_year: PlanYear, inquiries: list[Inquiry]) -> dict[int, tuple[Together | None, str]]:
    """By initiative, of those that are asked about their ratings: the committee's, and the city's letter."""
    wanted = {each.initiative_id for each in inquiries if each.initiative_id}
    if not wanted:
        return {}
    letters, given = [level.letter for level in plan_year.plan.scale], {}
    rows = CommitteeRating.objects.filter(plan_year=plan_year, initiative__in=wanted).exclude(rating="")
    for initiative, letter, reason in rows.values_list("initiative", "rating", "reason"):
        given.setdefault(initiative, []).append((letter, reason))
    entries = YearlyEntry.objects.filter(initiative__in=wanted, fiscal_year=plan_year.fiscal_year)
    city = dict(entries.values_list("initiative", "rating"))
    return {pk: (ratings.together(given.get(pk, []), letters), city.get(pk, "")) for pk in wanted}


def _asked(inquiry: Inquiry, plan_year: PlanYear, user: User, given: dict) -> Asked:
    opinion = inquiry.opinion
    initiative = inquiry.initiative_id or (opinion.initiative_id if opinion else None)
    together, city = given.get(inquiry.initiative_id, (None, ""))
    confirmed = opinion is not None and permissions.is_answered(opinion)
    year = (plan_year.plan_id, plan_year.fiscal_year)
    return Asked(
        pk=inquiry.pk,
        about=inquiry.about,
        url=reverse("initiatives:entry_detail", args=[*year, initiative]) if initiative else "",
        department=inquiry.department.name,
        question=inquiry.question,
        asked_by=inquiry.asked_by.name,
        asked_at=inquiry.asked_at,
        opinion=opinion.text if opinion else "",
        quoted=opinion.quoted if opinion else "",
        ratings=together,
        city_rating=city,
        state=inquiry.state,
        in_hand=inquiry.draft or inquiry.reply,
        reply=inquiry.reply,
        replied_by=inquiry.replied_by.name if inquiry.replied_by else "",
        replied_at=inquiry.replied_at,
        may_reply=permissions.can_reply(user, inquiry, plan_year),
        answer=opinion.response.text if confirmed else "",
        answer_kind=opinion.response.get_kind_display() if confirmed else "",
    )
