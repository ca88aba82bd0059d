"""Every word of the notices, in one place: subjects, lines, greeting and end. Pure but for the address of the site.

No word of what a department wrote is here, nor a reason: a mail leaves the city's network. It says how many and until
when, and leads to the page.
"""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from initiatives import business_days
from initiatives.grouping import grouped
from initiatives.models import Notice, PlanYear

Kind = Notice.Kind
MARK = "【あゆみ】"
# In mails the most pressing comes first.
ORDER = (Kind.RETURNED, Kind.ASKED, Kind.REMINDER, Kind.KICKOFF, Kind.DEADLINE, Kind.CLOSED)

# What stands before and after a mass notice until 福祉総務課 writes its own.
DEFAULT_WORDS = {
    Kind.KICKOFF: {
        "opening": "いつもお世話になっております。{office}です。\n{year}に実施した取組の、実績と評価の記入をお願いします。",
        "closing": "書き方で分からないことは、{office}に聞いてください。",
    },
    Kind.REMINDER: {
        "opening": "いつもお世話になっております。{office}です。\n{year}実施分の記入のようすをお知らせします。",
        "closing": "このメールと行きちがいに送られたときは、そのままでけっこうです。",
    },
}


def default_words(plan_year: PlanYear, kind: str) -> dict[str, str]:
    facts = {"office": office(plan_year), "year": plan_year.label}
    return {name: text.format(**facts) for name, text in DEFAULT_WORDS[kind].items()}


def office(plan_year: PlanYear) -> str:
    return plan_year.plan.office_name or "福祉総務課"


# --- A whole mail -----------------------------------------------------------------------------------


def mail(person: User, notices: list[Notice]) -> tuple[str, str]:
    """Subject and body of one mail that carries these notices to a person."""
    return subject(notices), body(f"{person.name}さん", notices)


def department_text(department: Department, notices: list[Notice]) -> str:
    """The same for a whole department, to be copied into the office's own mail."""
    return body(f"{department}のみなさん", notices)


def subject(notices: list[Notice]) -> str:
    heads = [_head(together) for together in _by_kind(notices)]
    more = f"　ほか{len(heads) - 1}件" if len(heads) > 1 else ""
    return f"{MARK}{heads[0]}{more}"


def body(greeting: str, notices: list[Notice]) -> str:
    blocks = [greeting, *_once(notice.facts.get("opening") for notice in notices)]
    for together in grouped(notices, "plan_year").values():
        blocks.append("\n".join(_of_year(together)))
    blocks += _once(notice.facts.get("closing") for notice in notices)
    plan_year = notices[0].plan_year
    blocks.append(f"{plan_year.plan.city_name}　{office(plan_year)}\n（このメールは「あゆみ」が送っています）")
    return "\n\n".join(blocks) + "\n"


def text_for_all(plan_year: PlanYear, kind: str, words: dict[str, str]) -> str:
    """One text for every department at once, without anybody's numbers."""
    lines = [_heading(plan_year)]
    if kind == Kind.KICKOFF:
        lines.append("・受付を始めました。")
    else:
        lines.append("・まだ送っていない取組がある課は、期限までに送ってください。")
    facts = {"until": plan_year.department_deadline, "manager_until": plan_year.manager_deadline}
    lines += _deadline_lines({name: day.isoformat() if day else "" for name, day in facts.items()})
    lines.append(_home_link(plan_year))
    blocks = ["各課のみなさん", words["opening"], "\n".join(lines), words["closing"]]
    blocks.append(f"{plan_year.plan.city_name}　{office(plan_year)}")
    return "\n\n".join(filter(None, blocks)) + "\n"


# --- Subjects ---------------------------------------------------------------------------------------


def _by_kind(notices: list[Notice]) -> list[list[Notice]]:
    kinds = grouped(notices, "kind")
    return [kinds[kind] for kind in ORDER if kinds[kind]]


def _head(notices: list[Notice]) -> str:
    """The subject of notices of one kind."""
    first = notices[0]
    year, until = first.plan_year.label, _day(first.facts.get("until"))
    if first.kind == Kind.RETURNED:
        return (
            f"{first.facts['code']}が差し戻されました" if len(notices) == 1 else f"{len(notices)}件が差し戻されました"
        )
    if first.kind == Kind.ASKED:
        about = first.facts["about"] if len(notices) == 1 else f"{len(notices)}件"
        return f"推進委員会の意見への回答のお願い（{about}）"
    if first.kind == Kind.REMINDER:
        return _reminder_head(notices, until)
    if first.kind == Kind.KICKOFF:
        return f"{year}実施分の記入をお願いします" + (f"（{until}まで）" if until else "")
    if first.kind == Kind.DEADLINE:
        moved = "until" if first.facts["was"] != first.facts["until"] else "manager_until"
        what = "提出期限" if moved == "until" else "課長の期限"
        return f"{what}が{_day(first.facts[moved])}に変わりました" if first.facts[moved] else f"{what}がなくなりました"
    return f"{year}実施分の受付を締め切りました"


def _reminder_head(notices: list[Notice], until: str) -> str:
    write, confirm = (sum(notice.facts[name] for notice in notices) for name in ("write", "confirm"))
    if not write:
        return f"{confirm}件が、課長の確認を待っています"
    late = _is_past(notices[0], notices[0].facts["until"])
    return f"提出期限を過ぎた取組が{write}件あります" if late else f"あと{write}件を書いてください" + (f"（{until}まで）" if until else "")  # fmt: skip


# --- Lines ------------------------------------------------------------------------------------------


def _of_year(notices: list[Notice]) -> list[str]:
    lines = [_heading(notices[0].plan_year)]
    for together in _by_kind(notices):
        if together[0].kind == Kind.RETURNED:
            lines.append("・差し戻された取組があります。理由は、あゆみの画面で読めます。")
        if together[0].kind == Kind.ASKED:
            lines.append("・推進委員会の意見について、課の考えを聞かせてください。意見は、あゆみの画面で読めます。")
        for notice in together:
            lines += LINES[notice.kind](notice)
    pages = _once(_page_link(notice) for notice in notices if notice.kind not in (Kind.RETURNED, Kind.ASKED))
    return [*_once(lines), *pages]


def _heading(plan_year: PlanYear) -> str:
    return f"■ {plan_year.plan.name}　{plan_year.label}実施分"


def _kickoff(notice: Notice) -> list[str]:
    begun = "受付をもう一度開きました" if notice.facts.get("again") else "受付を始めました"
    return [
        f"・{begun}。{notice.department}が書く取組は{notice.facts['total']}件です。",
        *_deadline_lines(notice.facts),
    ]


def _reminder(notice: Notice) -> list[str]:
    facts, lines = notice.facts, []
    if facts["write"]:
        returned = f"（うち差戻し{facts['returned']}件）" if facts["returned"] else ""
        lines.append(f"・{notice.department}が書く取組が、あと{facts['write']}件あります{returned}。")
        if facts["until"] and _is_past(notice, facts["until"]):
            lines.append(
                f"　提出期限の{_day(facts['until'])}を過ぎました。延ばせるかどうかを、{office(notice.plan_year)}に聞いてください。"
            )
        elif facts["until"]:
            lines.append(f"　提出期限は{_day(facts['until'])}です（{_left(notice, facts['until'])}）。")
    if facts["confirm"]:
        lines.append(f"・{notice.department}の{facts['confirm']}件が、課長の確認を待っています。")
        if facts["manager_until"] and _is_past(notice, facts["manager_until"]):
            lines.append(f"　課長の期限の{_day(facts['manager_until'])}を過ぎました。今からでも送れます。")
        elif facts["manager_until"]:
            lines.append(
                f"　課長の期限は{_day(facts['manager_until'])}です（{_left(notice, facts['manager_until'])}）。"
            )
    return lines


def _returned(notice: Notice) -> list[str]:
    link = _link(notice.plan_year, "part_edit", notice.part_id)
    return [f"　{notice.facts['code']} {notice.facts['name']}（{notice.department}）", f"　{link}"]


def _asked(notice: Notice) -> list[str]:
    return [
        f"　{notice.facts['about']}（{notice.department}）",
        f"　{_link(notice.plan_year, 'reviews:inquiry_edit', notice.facts['number'])}",
    ]


def _deadline(notice: Notice) -> list[str]:
    return [f"・{words}。" for words in deadline_changes(notice)]


def deadline_changes(notice: Notice) -> list[str]:
    """介護保険課の提出期限が、12月4日（金）から12月11日（金）に変わりました"""
    kinds = (("提出期限", "was", "until"), ("課長の期限", "manager_was", "manager_until"))
    return [
        f"{notice.department}の{what}が、{_changed(notice.facts[was], notice.facts[until])}"
        for what, was, until in kinds
        if notice.facts[was] != notice.facts[until]
    ]


def _changed(old: str, new: str) -> str:
    if not new:
        return "なくなりました"
    return f"{_day(old)}から{_day(new)}に変わりました" if old else f"{_day(new)}に決まりました"


def _closed(notice: Notice) -> list[str]:
    lines = ["・受付を締め切りました。差し戻されたものだけ直せます。"]
    if left := notice.facts["write"] + notice.facts["confirm"]:
        lines.append(
            f"　{notice.department}には、まだ送られていない取組が{left}件あります。どうするかを、{office(notice.plan_year)}に聞いてください。"
        )
    return lines


LINES = {
    Kind.KICKOFF: _kickoff,
    Kind.REMINDER: _reminder,
    Kind.RETURNED: _returned,
    Kind.ASKED: _asked,
    Kind.DEADLINE: _deadline,
    Kind.CLOSED: _closed,
}


def _deadline_lines(facts: dict) -> list[str]:
    lines = []
    if facts["until"]:
        lines.append(f"　提出期限：{_day(facts['until'])}。この日の終わりまで書けます。")
    if facts["manager_until"]:
        lines.append(f"　課長の期限：{_day(facts['manager_until'])}。この日までに確認して送ってください。")
    return lines


# --- Pieces -----------------------------------------------------------------------------------------


def _page_link(notice: Notice) -> str:
    if notice.kind == Kind.REMINDER and notice.facts["confirm"] and not notice.facts["write"]:
        return _link(notice.plan_year, "confirm_list")
    return _home_link(notice.plan_year)


def _home_link(plan_year: PlanYear) -> str:
    return _link(plan_year, "year_home")


def _link(plan_year: PlanYear, name: str, *more: int) -> str:
    """The full address of a page, by the site's own setting. Without one: where to look."""
    if not settings.BASE_URL:
        return "あゆみのホームから開けます。"
    view = name if ":" in name else f"initiatives:{name}"
    return settings.BASE_URL + reverse(view, args=[plan_year.plan_id, plan_year.fiscal_year, *more])


def _day(iso: str | None) -> str:
    return business_days.label(date.fromisoformat(iso)) if iso else ""


def _told_on(notice: Notice) -> date:
    return timezone.localdate(notice.created_at)


def _is_past(notice: Notice, iso: str) -> bool:
    return bool(iso) and date.fromisoformat(iso) < _told_on(notice)


def _left(notice: Notice, iso: str) -> str:
    return business_days.left_words(date.fromisoformat(iso), _told_on(notice))


def _once(texts: Iterable[str | None]) -> list[str]:
    """In order, without the empty and the repeated."""
    return list(dict.fromkeys(filter(None, texts)))
