"""What a member writes about one thing: kept as it is typed, for the member alone, until it is sent."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from initiatives.history import Conflict
from initiatives.models import PlanYear
from initiatives.workflow import TransitionError
from ledger.chain import recording
from reviews import permissions, workflow
from reviews.models import CommitteeRating, Opinion, OpinionDraft
from reviews.workflow import Subject

Values = Mapping[str, str]
TRIES = 3


class Clash(Exception):
    """The same field was typed into on another page of the same person. Nothing was written."""

    def __init__(self, names: list[str]):
        super().__init__("、".join(names))
        self.names = names


@dataclass
class Desk:
    """One form: a new opinion about a thing (or one paragraph of it) with an own rating, or an opinion to put right."""

    plan_year: PlanYear
    user: User
    subject: Subject
    opinion: Opinion | None = None
    quoted: str = ""

    @property
    def place(self) -> str:
        return hashlib.sha256(self.quoted.encode()).hexdigest()[:16] if self.quoted else ""

    @property
    def rates(self) -> bool:
        return self.subject.initiative_id is not None and self.opinion is None

    @property
    def fields(self) -> tuple[str, ...]:
        return ("text", "rating", "rating_reason") if self.rates else ("text",)

    @property
    def _rows(self):
        own = OpinionDraft.objects.filter(plan_year=self.plan_year, author=self.user, anchor=self.subject.anchor)
        return own.filter(opinion=self.opinion) if self.opinion else own.filter(opinion=None, place=self.place)

    @cached_property
    def draft(self) -> OpinionDraft | None:
        return self._rows.first()

    @cached_property
    def rating(self) -> CommitteeRating | None:
        """As it was sent."""
        if not self.rates:
            return None
        mine = CommitteeRating.objects.filter(plan_year=self.plan_year, author=self.user)
        return mine.filter(initiative=self.subject.initiative_id).first()

    @property
    def sent(self) -> dict[str, str]:
        """What the form holds when nothing is being typed."""
        values = {"text": self.opinion.text if self.opinion else ""}
        if self.rates:
            values |= {"rating": self.rating.rating, "rating_reason": self.rating.reason} if self.rating else {
                "rating": "", "rating_reason": ""
            }  # fmt: skip
        return values

    @property
    def values(self) -> dict[str, str]:
        """What the form shows: what is being typed, else what was sent."""
        return {name: getattr(self.draft, name) for name in self.fields} if self.draft else self.sent

    # --- Keeping ----------------------------------------------------------------------------------------

    def keep(self, typed: Values, seen: Values) -> None:
        """Save what is typed. `seen`: what the page showed at first, so that an older page takes nothing away.

        Raises Clash, and TransitionError when the days for opinions are over.
        """
        self._open()
        touched = {name: typed[name] for name in self.fields if name in typed and typed[name] != seen.get(name)}
        for _ in range(TRIES):
            self._forget()
            before = self.values
            clashes = [name for name in touched if before[name] not in (seen.get(name, ""), touched[name])]
            if clashes:
                raise Clash(clashes)
            if self._write(before, before | touched):
                return
        raise Conflict(str(self.subject.anchor))

    def _open(self) -> None:
        closed = workflow.why_not_rewritten(self.opinion) if self._is_fixed else workflow.why_closed(self.plan_year)
        if closed:
            raise TransitionError(closed)

    @property
    def _is_fixed(self) -> bool:
        return self.opinion is not None and permissions.is_answered(self.opinion)

    def _forget(self) -> None:
        for name in ("draft", "rating"):
            self.__dict__.pop(name, None)

    def _write(self, before: Values, after: Values) -> bool:
        """Whether nobody came in between."""
        if after == before:
            return True
        if self.draft is None:
            try:
                with transaction.atomic():
                    self._rows.create(
                        plan_year=self.plan_year, author=self.user, anchor=self.subject.anchor, opinion=self.opinion,
                        quoted=self.quoted, place=self.place, **after,
                    )  # fmt: skip
            except IntegrityError:
                return False
        else:
            still = self._rows.filter(**before)
            if not (still.delete()[0] if after == self.sent else self._update(still, after)):
                return False
        self._forget()
        return True

    @staticmethod
    def _update(rows, values: Values) -> int:
        return rows.update(**values, saved_at=timezone.now())

    def drop(self) -> None:
        """Throw away what was not sent."""
        self._rows.delete()
        self._forget()

    # --- Sending ----------------------------------------------------------------------------------------

    @recording()
    def send(self) -> list[str]:
        """Send what is on the desk. Says what went. Raises TransitionError when there is nothing, or no longer time."""
        self._open()
        values, went = self.values, []
        if self.opinion:
            if not values["text"]:
                raise TransitionError("意見が空です。なくすときは、「取り下げる」を押してください。")
            if workflow.reword(self.opinion, values["text"], by=self.user):
                went.append("意見")
        elif values["text"]:
            workflow.submit(self.plan_year, self.subject, values["text"], by=self.user, quoted=self.quoted)
            went.append("意見")
        if self.rates and (values["rating"], values["rating_reason"]) != (
            self.sent["rating"],
            self.sent["rating_reason"],
        ):
            workflow.rate(
                self.plan_year, self.subject.initiative_id, values["rating"], values["rating_reason"], by=self.user
            )
            went.append("評価")
        if not went:
            raise TransitionError("送るものがありません。意見か評価を書いてください。")
        self.drop()
        return went
