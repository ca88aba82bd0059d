"""A city in which a part stands in every state, for tests/access_matrix.csv, with a planted text in every free field."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AccountEvent, Membership, User
from initiatives.models import (
    Attachment,
    DeadlineExtension,
    EntryPart,
    FieldChange,
    FieldComment,
    HandoverNote,
    Initiative,
    Mail,
    Notice,
    NoticeWords,
    PartMessage,
    PendingChange,
    PlanYear,
    SurveyUpload,
    Term,
    Transition,
    YearlyEntry,
    YearTransition,
)
from initiatives.survey.book import book
from initiatives.survey.rows import rows_of
from reporting import edition_cycle, meetings
from reporting.models import Chapter, CheckDecision, Meeting, ReportBuild, ReportImport
from reviews.models import CommitteeRating, CommitteeReview, FollowUp, Inquiry, Opinion, OpinionDraft, Response
from tests.canaries import Person, Scanner
from tests.factories import (
    DepartmentFactory,
    PlanFactory,
    PlanYearFactory,
    UserFactory,
    make_attachment,
    make_deputy,
    make_entry,
    make_file,
    make_indicator,
    make_initiative,
    make_voice,
)
from tests.initiatives.survey.sheets import filled
from tests.reporting.importing import small

OWN, CO_OWNER, OTHER = "高齢課", "防災課", "環境課"
S, Y = EntryPart.Status, PlanYear.Status
# The years, and whether their deadline is over.
YEARS = {2025: (Y.COLLECTING, False), 2024: (Y.COLLECTING, True), 2023: (Y.COMMITTEE, True), 2022: (Y.PUBLISHED, True)}
# Every state of the table: the year in which the part stands, and its status.
STATES = {
    "未着手": (2025, S.NOT_STARTED),
    "作成中": (2025, S.DRAFT),
    "課長確認中": (2025, S.AWAITING_MANAGER),
    "提出済": (2025, S.SUBMITTED),
    "差戻し中": (2025, S.RETURNED),
    "承認済": (2025, S.APPROVED),
    "期限後の作成中": (2024, S.DRAFT),
    "期限後の課長確認中": (2024, S.AWAITING_MANAGER),
    "期限後の差戻し中": (2024, S.RETURNED),
    "審議中の作成中": (2023, S.DRAFT),
    "審議中の承認済": (2023, S.APPROVED),
    "公表": (2022, S.APPROVED),
}
# Joint initiatives of which one department is done and the other is not: what they write together stays hidden.
MIXED = {"半分承認済": (2025, S.APPROVED, S.DRAFT), "審議中の半分承認済": (2023, S.APPROVED, S.DRAFT)}
DAY = timezone.timedelta(days=1)


@dataclass
class Actor:
    person: Person
    user: User | None
    client: Client = field(default_factory=Client)

    @property
    def name(self) -> str:
        return self.person.name


@dataclass
class Spot:
    """A state, and the joint initiative of which the part of OWN stands in it."""

    name: str
    plan_year: PlanYear
    initiative: Initiative
    entry: YearlyEntry
    part: EntryPart
    attachment: Attachment

    def canary(self, place: str) -> str:
        return f"漏えい検知-{OWN}-{self.name}-{place}。"


class City:
    """All of it. `actors` and `spots` by the words of the table."""

    def __init__(self):
        self.scanner = Scanner()
        self.plan = PlanFactory(first_year=2020, last_year=2030)
        self.departments = {name: DepartmentFactory(name=name) for name in (OWN, CO_OWNER, OTHER)}
        self.years = {
            year: PlanYearFactory(
                plan=self.plan, fiscal_year=year, status=status,
                department_deadline=timezone.localdate() - DAY if over else None,
            )
            for year, (status, over) in YEARS.items()
        }  # fmt: skip
        self.actors = {actor.name: actor for actor in self._people()}
        self.spots: dict[str, Spot] = {}
        self._write()
        self._around()
        self._publish()
        self._sign_in()
        self._files: dict[str, bytes] = {}

    # --- People -----------------------------------------------------------------------------------

    def _people(self) -> Iterator[Actor]:
        def of(name: str, side: str, role: str = User.Role.STAFF, own: tuple[str, ...] = (), acts: tuple = ()) -> Actor:
            user = UserFactory(name=name, role=role, email=f"{User.objects.count()}@city.example.jp")
            for department in own:
                Membership.objects.create(user=user, department=self.departments[department])
            return Actor(Person(name, side, frozenset((*own, *acts))), user)

        staff = of("担当者", "課", own=(OWN,))
        manager = of("課長", "課", User.Role.MANAGER, own=(OWN,))
        deputy, manager_deputy = (
            of(f"{absent.name}の代理", "課", own=(OTHER,), acts=(OWN,)) for absent in (staff, manager)
        )
        past = of("終わった代理", "課", own=(OTHER,))
        wrote = of("代理で書いた福祉総務課", "総務", User.Role.COORDINATOR)
        stopped = of("止められた人", "外", own=(OWN,))
        yield from (staff, manager, deputy, manager_deputy, past, wrote, stopped)
        yield of("関係課の担当者", "課", own=(CO_OWNER,))
        yield of("他課の担当者", "課", own=(OTHER,))
        yield of("福祉総務課", "総務", User.Role.COORDINATOR)
        yield of("提出した福祉総務課", "総務", User.Role.COORDINATOR)
        yield of("委員", "委員", User.Role.COMMITTEE)
        yield of("システム管理者", "管理", User.Role.ADMIN)
        yield Actor(Person("サインインしていない人", "外"), None)
        over = {"since": timezone.localdate() - DAY * 9, "until": timezone.localdate() - DAY}
        for absent, acting, days in (
            (staff, deputy, {}), (manager, manager_deputy, {}), (staff, past, over), (staff, wrote, over)
        ):  # fmt: skip
            concerned = frozenset(
                {absent.name, acting.name, "システム管理者", "福祉総務課", "提出した福祉総務課", wrote.name}
            )
            why = self.scanner.plant(OWN, acting.name, "代理の理由", kind="本人", persons=concerned)
            make_deputy(absent.user, acting.user, reason=why, **days)

    def user(self, name: str) -> User:
        return self.actors[name].user

    def _sign_in(self) -> None:
        for actor in self.actors.values():
            if actor.user:
                actor.client.force_login(actor.user)
        User.objects.filter(pk=self.user("止められた人").pk).update(is_active=False)

    # --- What was written ----------------------------------------------------------------------------

    def _write(self) -> None:
        for name, (year, status) in STATES.items():
            entry = self._entry(name, year, {OWN: status, CO_OWNER: status})
            part = entry.parts.get(department=self.departments[OWN])
            attachment = part.attachments.get(removed_at__isnull=True)
            self.spots[name] = Spot(name, self.years[year], entry.initiative, entry, part, attachment)
            self._entry(name, year, {OTHER: status})
        for name, (year, *statuses) in MIXED.items():
            self._entry(name, year, dict(zip((OWN, CO_OWNER), statuses, strict=True)))
            self._entry(name, year, dict(zip((OTHER, CO_OWNER), statuses, strict=True)))
        listed = Initiative.objects.get(entries__fiscal_year=2025, entries__parts__status=S.DRAFT, owners__position=0,
                                        owners__department=self.departments[OTHER], owners__initiative__name="作成中")  # fmt: skip
        again = make_initiative(self.plan, "1-1-1-99", self.departments[OTHER], original=listed, name="再掲")
        make_entry(again, 2025).parts.all().delete()

    def _entry(self, state: str, year: int, statuses: dict[str, str]) -> YearlyEntry:
        number = self.plan.initiatives.count() + 1
        owners = [self.departments[name] for name in statuses]
        initiative = make_initiative(self.plan, f"1-1-1-{number}", *owners, name=state)
        opened = YEARS[year][0] in (Y.COMMITTEE, Y.FINALIZED, Y.PUBLISHED)
        whole = {"owners": frozenset(statuses), "opened": opened}
        lead = next(iter(statuses))
        published = YEARS[year][0] == Y.PUBLISHED
        approved = set(statuses.values()) == {S.APPROVED}
        about = whole | {"kind": "文", "approved": approved, "published": approved and published}
        both = f"{state}の{'と'.join(statuses)}" if state in MIXED else state

        def plant(place: str, **more) -> str:
            hidden = {"published": False} if more else {}
            return self.scanner.plant(lead, both, place, **(about | hidden | more))

        entry = make_entry(
            initiative, year, status=S.DRAFT, target="30件", rating="C",
            low_rating_reason=plant("低評価の理由"), next_target=plant("次年度の目標"),
            shared_result=plant("分けない実績"), shared_issues=plant("分けない課題"),
            rating_reason=plant("評価を変えた理由", kind="書き直す前"),
        )  # fmt: skip
        for name, status in statuses.items():
            self._part(entry.parts.get(department=self.departments[name]), both, status, whole, published)
        self._changed(entry, "next_target", plant("直す前の次年度の目標", kind="書き直す前"))
        return entry

    def _part(self, part: EntryPart, state: str, status: str, whole: dict, published: bool) -> None:
        name, staff = part.department.name, self.user("担当者")
        about = whole | {"kind": "文", "approved": status == S.APPROVED}

        def plant(place: str, kind: str = "文") -> str:
            printed = kind == "文" and published and status == S.APPROVED
            return self.scanner.plant(name, state, place, **(about | {"kind": kind, "published": printed}))

        make_attachment(
            part, staff, b"%PDF-1.7\n" + plant("資料の中身", "委員の外").encode(), plant("資料の名前", "委員の外") + ".pdf", plant("資料の説明", "委員の外")
        )  # fmt: skip
        gone = make_attachment(
            part, staff, b"%PDF-1.7\n" + plant("外した資料の中身", "書き直す前").encode(), plant("外した資料の名前", "書き直す前") + ".pdf", plant("外した資料の説明", "書き直す前")
        )  # fmt: skip
        Attachment.objects.filter(pk=gone.pk).update(removed_at=timezone.now(), removed_by=staff)
        part.result, part.issues = plant("実績"), plant("課題")
        part.not_applicable_reason, part.self_rating = plant("該当がない理由"), "C"
        part.status = status
        if status in (S.SUBMITTED, S.APPROVED):
            part.submitted_at, part.submitted_by = timezone.now(), self.user("提出した福祉総務課")
        if status == S.APPROVED:
            part.approved_at, part.approved_by = timezone.now(), self.user("福祉総務課")
        part.save()
        self._changed(part, "result", plant("直す前の実績", "書き直す前"))
        if status == S.DRAFT:
            PendingChange.objects.create(
                model="initiatives.entrypart", object_id=part.pk, field="issues", old=plant("書く前の課題", "書き直す前"), by=staff
            )  # fmt: skip
        sent = {"part": part, "action": "submit", "from_status": S.DRAFT, "to_status": S.SUBMITTED, "version": 1}
        Transition.objects.create(
            **sent, by=self.user("代理で書いた福祉総務課"), on_behalf_of=staff, at=timezone.now() - DAY * 12
        )
        step = Transition.objects.create(
            part=part, action="return", from_status=S.SUBMITTED, to_status=S.RETURNED, version=1,
            by=self.user("福祉総務課"), reason=plant("差戻しの理由", "内輪"), at=timezone.now() - DAY * 10,
        )  # fmt: skip
        for place in ("result", "next_target"):
            FieldComment.objects.create(transition=step, field=place, text=plant(f"{place}の指摘", "内輪"))
        PartMessage.objects.create(part=part, by=staff, from_office=False, text=plant("やりとり", "内輪"))
        PartMessage.objects.create(
            part=part, by=self.user("福祉総務課"), from_office=True, text=plant("やりとりの返事", "内輪")
        )

    def _changed(self, row, name: str, old: str) -> None:
        FieldChange.objects.create(
            model=row._meta.label_lower,
            object_id=row.pk,
            field=name,
            old=old,
            new="書き直した文",
            by=self.user("担当者"),
        )

    # --- What stands around it ---------------------------------------------------------------------

    def _around(self) -> None:
        plant, office, staff = self.scanner.plant, self.user("福祉総務課"), self.user("担当者")
        for name, department in self.departments.items():
            note = {"department": department, "by": staff}
            HandoverNote.objects.create(**note, text=plant(name, "いつも", "引継ぎ", kind="引継ぎ"))
            for initiative in Initiative.objects.filter(owners__department=department, original__isnull=True):
                spot = f"{initiative.name}の{initiative.position}"
                HandoverNote.objects.create(
                    **note, initiative=initiative, text=plant(name, spot, "取組の引継ぎ", kind="引継ぎ")
                )
        for year, plan_year in self.years.items():
            word = f"{year}年度"
            for step in ("start", "close"):
                YearTransition.objects.create(
                    plan_year=plan_year, action=step, from_status=Y.PREPARING, to_status=plan_year.status, by=office,
                    reason=plant("総務", word, f"{step}の理由", kind="総務"),
                )  # fmt: skip
            DeadlineExtension.objects.create(
                plan_year=plan_year, department=self.departments[CO_OWNER], until=timezone.localdate() - DAY, by=office,
                reason=plant(CO_OWNER, word, "延長の理由", kind="内輪"),
            )  # fmt: skip
            NoticeWords.objects.create(
                plan_year=plan_year, kind="reminder", by=office,
                opening=plant("総務", word, "知らせのはじめ", kind="総務"), closing=plant("総務", word, "知らせのおわり", kind="総務"),
            )  # fmt: skip
            mail = Mail.objects.create(
                recipient=staff, subject=plant("総務", word, "件名", kind="総務"), body=plant("総務", word, "本文", kind="総務"), state=Mail.State.HELD,
            )  # fmt: skip
            Notice.objects.create(
                plan_year=plan_year, kind="reminder", recipient=staff, department=self.departments[OWN], by=office, mail=mail, occasion="-",
                facts={"write": 1, "returned": 0, "confirm": 0, "until": "", "manager_until": ""},
            )  # fmt: skip
            goal = self.plan.goals.get()
            Chapter.objects.create(
                plan=self.plan, fiscal_year=year, goal=goal, kind="vision",
                text=plant("総務", word, "章", kind="章", opened=plan_year.is_locked, published=plan_year.status == Y.PUBLISHED),
            )  # fmt: skip
            CheckDecision.objects.create(
                plan_year=plan_year, finding=f"{year}", basis=f"{year}", kind="accept", by=office, reason=plant("総務", word, "直さない理由", kind="総務"),
            )  # fmt: skip
        AccountEvent.objects.create(by=office, user=staff, what=plant("管理", "いつも", "したこと", kind="管理"))
        AccountEvent.objects.create(
            by=office, department=self.departments[OWN], what=plant("管理", "いつも", "課にしたこと", kind="管理")
        )
        self._committee()
        self.term = Term.objects.create(kind="spelling", word="子供", right="こども", created_by=office)
        self.indicator = make_indicator(self.plan)
        self.build = ReportBuild.objects.create(plan_year=self.years[2023], requested_by=office)
        name = plant("総務", "いつも", "取り込みのファイル", kind="総務")
        self.waiting = ReportImport.keep(small.content(), f"{name}.xlsx", fiscal_year=2023, by=office)
        self.taken_in = ReportImport.objects.create(
            fiscal_year=2023,
            file_name=f"{name}.xlsx",
            sha256="0",
            created_by=office,
            status=ReportImport.Status.APPLIED,
        )
        own = plant(OWN, "いつも", "調査票のファイル", kind="本人", persons=frozenset({"課長"}))
        manager, year = self.user("課長"), self.years[2025]
        content = book(year, OWN, rows_of(manager, year, self.departments[OWN]))
        self.upload = SurveyUpload.keep(content, f"{own}.xlsx", by=manager, plan_year=year)

    def _publish(self) -> None:
        """The published year has its edition, with the office's own reasons beside it."""
        year, office = self.years[2022], self.user("福祉総務課")
        PlanYear.objects.filter(pk=year.pk).update(status=Y.COMMITTEE)
        year.refresh_from_db()
        why = self.scanner.plant("総務", "2022年度", "確定と公表の理由", kind="総務")
        self.edition = edition_cycle.finalize(year, by=office, reason=why)
        edition_cycle.publish(self.edition, by=office, reason=why)
        self.file = make_file(self.edition, office)
        self._voices(year)

    def _voices(self, year: PlanYear) -> None:
        """What the public sent: unread, shown with an answer, not shown with a reason."""

        def plant(place: str, **about) -> str:
            return self.scanner.plant("総務", "2022年度", place, **(about or {"kind": "総務"}))

        out = {"kind": "文", "published": True}
        self.voice = make_voice(year, plant("読まれていない市民の意見"), name=plant("市民の名前"))
        make_voice(year, plant("公開した市民の意見", **out), answer=plant("市の考え方", **out), state="shown")
        make_voice(year, plant("公開しない市民の意見"), reason=plant("公開しない理由"), state="hidden")

    def _committee(self) -> None:
        """What is said and answered, in a year before the committee and in one that was published.

        OWN was asked about what is called 聞いた意見, nobody about the other.
        """
        member, office, own = self.user("委員"), self.user("福祉総務課"), self.departments[OWN]
        people = frozenset({"委員", *(name for name, actor in self.actors.items() if actor.person.side == "総務")})
        self.opinions = []
        for plan_year in (self.years[2023], self.years[2022]):
            word, now = f"{plan_year.fiscal_year}年度の委員会", timezone.now()
            entry = YearlyEntry.objects.filter(
                initiative__owners__department=own, fiscal_year=plan_year.fiscal_year, parts__status=S.APPROVED
            ).first()
            about = {
                "plan_year": plan_year, "anchor": f"initiative-{entry.initiative_id}", "initiative": entry.initiative,
                "goal": self.plan.goals.get(), "about": f"{entry.initiative.code}　{entry.initiative.name}", "author": member, "submitted_at": now,
            }  # fmt: skip

            def plant(place: str, kind: str, department: str = OWN, word: str = word, **more) -> str:
                return self.scanner.plant(department, word, place, kind=kind, **more)

            asked = Opinion.objects.create(
                **about, text=plant("聞いた意見", "意見", opened=True, owners=frozenset({OWN}))
            )
            other = Opinion.objects.create(**about, text=plant("聞かない意見", "意見", opened=True))
            Opinion.objects.create(
                **about, state="withdrawn", text=plant("取り下げた意見", "本人", persons=frozenset({"委員"}))
            )
            mine = {"plan_year": plan_year, "author": member}
            OpinionDraft.objects.create(
                **mine, anchor=about["anchor"], text=plant("意見の下書き", "本人", persons=frozenset({"委員"})),
                rating="C", rating_reason=plant("評価の理由の下書き", "本人", persons=frozenset({"委員"})),
            )  # fmt: skip
            CommitteeRating.objects.create(
                **mine,
                initiative=entry.initiative,
                rating="C",
                reason=plant("委員の評価の理由", "本人", persons=people),
            )
            Inquiry.objects.create(
                plan_year=plan_year, opinion=asked, department=own, asked_by=office, question=plant("課への問い", "内輪"),
                draft=plant("書きかけの回答", "引継ぎ"), reply=plant("課の回答", "内輪"), state="replied", replied_by=office, replied_at=now,
            )  # fmt: skip
            Inquiry.objects.create(
                plan_year=plan_year, opinion=other, department=self.departments[OTHER], asked_by=office, state="cancelled",
                question=plant("取り消した問い", "総務"),
            )  # fmt: skip
            Response.objects.create(
                opinion=asked, by=office, kind="noted", state="confirmed", confirmed_at=now, summary=plant("要旨", "総務"),
                text=plant("確定した答え", "意見", opened=True, owners=frozenset({OWN})),
            )  # fmt: skip
            Response.objects.create(opinion=other, by=office, kind="noted", text=plant("書きかけの答え", "総務"))
            FollowUp.objects.create(
                plan_year=plan_year, opinion=asked, initiative=entry.initiative, by=office, text=plant("引き継ぎ", "内輪"),
            )  # fmt: skip
            CommitteeReview.objects.create(
                plan=self.plan, fiscal_year=plan_year.fiscal_year, goal=self.plan.goals.get(),
                text=plant("章", "章", "総務", opened=plan_year.is_locked, published=plan_year.status == Y.PUBLISHED),
            )  # fmt: skip
            self.opinions += [asked, other]
        self.meeting = Meeting.objects.create(
            plan_year=self.years[2023], number=1, held_on=timezone.localdate(),
            agenda=self.scanner.plant("総務", "会議", "議題", kind="意見", opened=True),
        )  # fmt: skip
        meetings.freeze(self.meeting, by=office)

    def survey_of(self, spot: Spot) -> bytes:
        """調査票 of OWN with another 実績 in the row of the spot."""
        if spot.name not in self._files:
            rows = rows_of(self.user("福祉総務課"), spot.plan_year, self.departments[OWN])
            content = book(spot.plan_year, OWN, rows)
            self._files[spot.name] = filled(content, spot.plan_year, {(spot.initiative.code, "result"): "Excelの文"})
        return self._files[spot.name]


@contextmanager
def undone():
    """Whatever is written inside has never been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
