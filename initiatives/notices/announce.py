"""知らせる: a mass notice looked at before it is sent, and sent as it was looked at."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils.functional import cached_property

from accounts.models import Department, User
from initiatives.models import Notice, PlanYear
from initiatives.notices import outbox, recipients, wording, words
from initiatives.notices.recipients import Load, Worker

Kind = Notice.Kind


@dataclass
class Letter:
    """One person's mail as it would go out: with several departments there still is one."""

    person: User
    notices: list[Notice]

    @cached_property
    def mail(self) -> tuple[str, str]:
        return wording.mail(self.person, self.notices)

    @property
    def departments(self) -> str:
        return "、".join(str(notice.department) for notice in self.notices)

    def _sum(self, name: str) -> int:
        return sum(notice.facts.get(name, 0) for notice in self.notices)

    @property
    def write(self) -> int:
        return self._sum("write") or self._sum("total")

    @property
    def confirm(self) -> int:
        return self._sum("confirm")


@dataclass
class Announcement:
    """Who would be told what. Nothing is written before `send`."""

    plan_year: PlanYear
    kind: str
    words: dict[str, str]
    by: User
    departments: Collection[Department] = ()
    notices: list[Notice] = field(init=False)

    def __post_init__(self):
        make = {Kind.KICKOFF: outbox.kickoff, Kind.REMINDER: outbox.reminder}[self.kind]
        self.notices = make(self.plan_year, by=self.by, words=self.words, departments=self.departments)

    @property
    def label(self) -> str:
        return Kind(self.kind).label

    @cached_property
    def letters(self) -> list[Letter]:
        found: dict[User, list[Notice]] = {}
        for notice in self.notices:
            found.setdefault(notice.recipient, []).append(notice)
        return [Letter(person, notices) for person, notices in found.items()]

    @property
    def may_send(self) -> bool:
        return self.plan_year.status == PlanYear.Status.COLLECTING

    @property
    def may_prepare(self) -> bool:
        """The kick-off is worded before the year is opened; opening sends it."""
        return self.plan_year.status == PlanYear.Status.PREPARING and self.kind == Kind.KICKOFF

    @cached_property
    def loads(self) -> list[Load]:
        """The departments that this is about."""
        loads = recipients.loads(self.plan_year, self.departments)
        return loads if self.kind == Kind.KICKOFF else [load for load in loads if not load.is_finished]

    @cached_property
    def deserted(self) -> list[Department]:
        """Departments with something to do and nobody who could be told of it."""
        workers = recipients.workers_of(load.department.pk for load in self.loads)
        return [load.department for load in self.loads if not self._reaches(load, workers[load.department.pk])]

    def _reaches(self, load: Load, workers: list[Worker]) -> bool:
        if self.kind == Kind.REMINDER and load.confirm and not any(worker.manages for worker in workers):
            return False
        return bool(workers)

    @property
    def without_address(self) -> list[User]:
        return [letter.person for letter in self.letters if not letter.person.email]

    @property
    def addresses(self) -> str:
        return ", ".join(letter.person.email for letter in self.letters if letter.person.email)

    @property
    def department_names(self) -> str:
        return "、".join(load.department.name for load in self.loads)

    @property
    def copy_text(self) -> str:
        """To be copied into the office's own mail, its bulletin board or a paper."""
        if len(self.departments) != 1 or not self.loads:
            return wording.text_for_all(self.plan_year, self.kind, self.words)
        load = self.loads[0]
        whole = outbox.whole_department(self.plan_year, self.kind, load, self.words)
        return wording.department_text(load.department, [whole])

    @property
    def mail_is_on(self) -> bool:
        return settings.MAIL != "off"

    @transaction.atomic
    def send(self) -> int:
        """How many people are told. The words stay with the year, for the next time."""
        self.keep()
        outbox.put(self.notices)
        return len(self.letters)

    def keep(self) -> None:
        words.keep(self.plan_year, self.kind, self.words, by=self.by)
