"""What every page of a signed-in person shows: navigation by role, the year in view, the city's office."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from initiatives import business_days, deadlines, permissions, plan_years, review
from initiatives.models import Plan, PlanYear
from reporting.permissions import can_view_chapters
from reviews.home import inquiry_count

_GATHERING = (
    "opinion_list", "opinion_detail", "review_list", "review_edit", "assignment_edit", "divergence", "follow_up_list",
)  # fmt: skip
_TERM_PAGES = tuple(f"initiatives:term_{name}" for name in ("list", "add", "edit", "use", "uses"))


@dataclass
class NavItem:
    label: str
    url: str
    current: bool
    count: int = 0


@dataclass
class PlanBar:
    plan_name: str
    year_label: str
    state_label: str
    deadline_label: str
    days_left_label: str
    switch_url: str


def office(request) -> dict:
    """`nav`, `plan_bar`, `city`, `scale`. Lazy: an error page without a user or a database must still come out."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"city": SimpleLazyObject(lambda: city(Plan.objects.order_by("-first_year").first()))}
    plan_year = SimpleLazyObject(lambda: plan_years.current(request))
    return {
        "nav": SimpleLazyObject(lambda: navigation(request, user, plan_year)),
        "plan_bar": SimpleLazyObject(lambda: plan_bar(plan_year, user)),
        "city": SimpleLazyObject(lambda: city(plan_year.plan if plan_year else None)),
        "person_note": SimpleLazyObject(lambda: person_note(user)),
        "text_size": "large" if user.is_committee else "",
    }


def person_note(user: User) -> str:
    """The role, and whose 代理 the person is today: shown on every page beside the name."""
    role = user.get_role_display()
    if user.role in User.NEVER_DEPUTY:
        return role
    absent = dict.fromkeys(place.user.name for place in user.deputized())
    return f"{role}、{'と'.join(f'{name}さん' for name in absent)}の代理" if absent else role


def navigation(request, user: User, plan_year: PlanYear | None) -> list[NavItem]:
    """The pages a role works with. What may be opened is decided by the views, not here."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    items = [("ホーム", "initiatives:home", ("initiatives:home", "initiatives:year_home"), {})]
    counts = {}
    if plan_year:
        year = {"plan_id": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
        if waiting := _waiting(user, plan_year):
            name, views, counts["確認"] = waiting
            items.append(("確認", name, views, year))
        items += [
            (
                plan_year.plan.initiative_term,
                "initiatives:entry_list",
                ("initiatives:entry_list", "initiatives:entry_detail"),
                year,
            ),
            (
                "成果指標",
                "indicators:indicator_list",
                tuple(
                    f"indicators:indicator_{page}" for page in ("list", "detail", "add", "edit", "settings", "rules")
                ),
                year,
            ),
            *_excel(user, year),
            (
                "集計",
                "reporting:summary",
                ("reporting:summary", "reporting:low_ratings", "reporting:opinion_table"),
                year,
            ),
        ]
        if can_view_chapters(user):
            pages = ("chapter_list", "chapter_edit", "chapter_history")
            items.append(("章", "reporting:chapter_list", tuple(f"reporting:{name}" for name in pages), year))
        if permissions.can_build_report(user):
            pages = ("build_list", "build_detail", "edition_new", "edition_detail", "edition_step", "word_compare")
            pages += ("check_list", "check_overview", "check_decide")
            names = (*(f"reporting:{name}" for name in pages), *_TERM_PAGES)
            items.append(("報告書", "reporting:build_list", names, year))
    if plan_year:
        for place, (item, count) in enumerate(_committee(user, plan_year, year), start=1):
            items.insert(place, item)
            counts[item[0]] = count
    if plan_year and permissions.can_run_year(user):
        names = (
            "initiatives:year_settings",
            "initiatives:year_open",
            "initiatives:notices",
            "initiatives:notice_preview",
            "initiatives:notice_log",
        )
        items.append(("年度", "initiatives:year_settings", names, year))
    if permissions.can_import_report(user):
        names = ("reporting:import_new", "reporting:import_preview", "reporting:import_result")
        items.append(("取り込み", "reporting:import_new", names, {}))
    if permissions.can_manage_accounts(user):
        items += [
            (
                "利用者",
                "accounts:user_list",
                ("accounts:user_list", "accounts:user_add", "accounts:user_edit", "accounts:transfer_new"),
                {},
            ),
            (
                "担当課",
                "accounts:department_list",
                ("accounts:department_list", "accounts:department_add", "accounts:department_edit"),
                {},
            ),
        ]
    return [
        NavItem(label, reverse(name, kwargs=kwargs), here in views, counts.get(label, 0))
        for label, name, views, kwargs in items
    ]


def _committee(user: User, plan_year: PlanYear, year: dict) -> list[tuple[tuple, int]]:
    """The pages of the committee: its members read and write, 福祉総務課 gathers, a department answers what it was asked."""
    reading = tuple(f"reporting:reading{name}" for name in ("", "_list", "_print"))
    meeting = tuple(f"reporting:meeting_{name}" for name in ("list", "add", "edit", "version"))
    if user.is_committee:
        return [
            (("読んで意見を書く", "reporting:reading_list", reading, year), 0),
            (("意見と市の答え", "reviews:opinion_list", ("reviews:opinion_list",), year), 0),
            (("会議", "reporting:meeting_list", meeting, year), 0),
        ]
    if permissions.is_coordinating(user):
        pages = tuple(f"reviews:{name}" for name in _GATHERING)
        return [(("委員会", "reviews:opinion_list", (*pages, *reading, *meeting), year), 0)]
    count = inquiry_count(user, plan_year)
    asked = ("reviews:inquiry_list", "reviews:inquiry_edit")
    return [] if count is None else [(("委員会の意見", asked[0], asked, year), count)]


def _excel(user: User, year: dict) -> list[tuple]:
    """Where a department fills its 調査票; 福祉総務課 comes to it from the board."""
    if user.is_coordinator or not permissions.can_use_survey(user):
        return []
    names = ("initiatives:survey", "initiatives:survey_preview", "initiatives:survey_print")
    return [("Excelで書く", "initiatives:survey", names, year)]


def _waiting(user: User, plan_year: PlanYear) -> tuple[str, tuple[str, ...], int] | None:
    """Where this person confirms what others wrote, and how much waits there; None for everyone else. One query."""
    if permissions.is_coordinating(user):
        names = ("initiatives:review_queue", "initiatives:review_part")
        return names[0], names, review.review_count(plan_year)
    count = review.confirmation_count(user, plan_year)
    return None if count is None else ("initiatives:confirm_list", ("initiatives:confirm_list",), count)


def plan_bar(plan_year: PlanYear | None, user: User) -> PlanBar | None:
    if not plan_year:
        return None
    what, day = deadlines.for_person(plan_year, user) or ("", None)
    return PlanBar(
        plan_name=plan_year.plan.name,
        year_label=f"{plan_year.label}実施分",
        state_label=plan_year.get_status_display(),
        deadline_label=f"{what} {business_days.label(day)}" if day else "",
        days_left_label=business_days.left_words(day, timezone.localdate()) if day else "",
        switch_url=reverse("initiatives:year_list"),
    )


def city(plan: Plan | None) -> dict:
    """Whose site this is, for the foot of every page; signed-out people see it too."""
    return {"city_name": plan.city_name, "office_name": plan.office_name} if plan else {}
