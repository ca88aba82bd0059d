"""People and departments: who works here, in which 課, and since when."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.prepared import Given, Prepared
from initiatives import fiscal_year as fy
from ledger.records import Record


class DepartmentQuerySet(models.QuerySet):
    def open_in(self, fiscal_year: int):
        """Departments that exist in a fiscal year."""
        return self.filter(
            Q(opened_in__isnull=True) | Q(opened_in__lte=fiscal_year),
            Q(closed_after__isnull=True) | Q(closed_after__gte=fiscal_year),
        )

    def open_from(self, fiscal_year: int):
        """Departments that exist in a fiscal year or begin after it."""
        return self.filter(Q(closed_after__isnull=True) | Q(closed_after__gte=fiscal_year))

    def pickable(self, fiscal_year: int):
        """課 (not the 部 above them) that people and work may belong to from a fiscal year on, in printed order."""
        leaves = self.open_from(fiscal_year).filter(children__isnull=True).select_related("parent")
        return leaves.order_by(F("parent__position").asc(nulls_first=True), "parent_id", "position", "pk")

    def with_counts(self, fiscal_year: int):
        """`people` belonging to it today who may sign in, and `initiatives_owned` in a fiscal year (再掲 not counted)."""
        today = timezone.localdate()
        people = (
            Q(memberships__user__is_active=True)
            & (Q(memberships__since__isnull=True) | Q(memberships__since__lte=today))
            & (Q(memberships__until__isnull=True) | Q(memberships__until__gte=today))
        )
        in_force = Q(
            initiatives__original__isnull=True,
            initiatives__plan__first_year__lte=fiscal_year,
            # The year after a plan's last one is when that last year is written about.
            initiatives__plan__last_year__gte=fiscal_year - 1,
        )
        for of in ("initiatives__", "initiatives__direction__policy__goal__"):
            in_force &= Q(**{f"{of}first_year__isnull": True}) | Q(**{f"{of}first_year__lte": fiscal_year})
            in_force &= Q(**{f"{of}last_year__isnull": True}) | Q(**{f"{of}last_year__gte": fiscal_year})
        return self.annotate(
            people=Count("memberships__user", filter=people, distinct=True),
            initiatives_owned=Count("initiatives", filter=in_force, distinct=True),
        ).prefetch_related("successors")


class Department(models.Model):
    """担当課 and the 部 above it.

    A department that is renamed, merged or split is closed after its last fiscal year and names its successors;
    what was written in its time keeps its name.
    """

    name = models.CharField("課名", max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="部"
    )
    position = models.PositiveIntegerField("並び順", default=0)
    opened_in = models.PositiveSmallIntegerField("設置年度", null=True, blank=True)
    closed_after = models.PositiveSmallIntegerField("最後の年度", null=True, blank=True)
    successors = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="predecessors", verbose_name="引き継いだ課"
    )
    manager_step = models.BooleanField("課長の確認を通す", default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "担当課"
        verbose_name_plural = "担当課"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(closed_after__isnull=True), name="department_open_name_once"
            ),
            models.CheckConstraint(
                condition=Q(opened_in__isnull=True)
                | Q(closed_after__isnull=True)
                | Q(closed_after__gte=models.F("opened_in")),
                name="department_closes_after_opening",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        ancestor = self.parent
        while ancestor is not None:
            if ancestor == self:
                raise ValidationError({"parent": "自分の下にある課を「部」に選ぶことはできません。"})
            ancestor = ancestor.parent

    def is_closed_in(self, fiscal_year: int) -> bool:
        return self.closed_after is not None and self.closed_after < fiscal_year


class UserQuerySet(models.QuerySet):
    def usable(self):
        """People who may sign in today."""
        return self.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()), is_active=True)

    def with_memberships(self):
        """Adds `current_memberships`, with their departments."""
        current = (
            Membership.objects.current().select_related("department").order_by("department__position", "department")
        )
        return self.prefetch_related(Prefetch("memberships", current, to_attr="current_memberships"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    use_in_migrations = True

    def create_user(self, username: str, password: str | None = None, **fields):
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields):
        """`manage.py createsuperuser`: the first システム管理者 of a new installation."""
        return self.create_user(username, password, role=User.Role.ADMIN, **fields)


class User(AbstractBaseUser):
    """One person, one account. What a person may do follows from the role and the departments, nothing else."""

    class Role(models.TextChoices):
        STAFF = "staff", "担当者"
        MANAGER = "manager", "課長"
        COORDINATOR = "coordinator", "福祉総務課"
        COMMITTEE = "committee", "委員"
        ADMIN = "admin", "システム管理者"

    # Neither the 代理 of anyone nor in need of one: they do not write for a department.
    NEVER_DEPUTY = (Role.COMMITTEE, Role.ADMIN)

    username = models.CharField(
        "ユーザー名", max_length=60, unique=True, error_messages={"unique": "このユーザー名は、もう使われています。"}
    )
    name = models.CharField("氏名", max_length=60)
    email = models.EmailField("メールアドレス", blank=True)
    role = models.CharField("役割", max_length=12, choices=Role, default=Role.STAFF)
    departments = models.ManyToManyField(Department, through="Membership", related_name="users", verbose_name="所属")
    is_active = models.BooleanField("使える", default=True)
    expires_on = models.DateField("使える期限", null=True, blank=True, help_text="委員は任期の最後の日")
    created_at = models.DateTimeField("登録日時", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "利用者"
        verbose_name_plural = "利用者"
        ordering = ["username"]

    def __str__(self):
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret=None):
        """Django ends the sessions of a person whose hash changes: a new password does so, and so does a new role."""
        key_salt = "accounts.models.User.get_session_auth_hash"
        return salted_hmac(key_salt, f"{self.password} {self.role}", secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    @property
    def can_sign_in(self) -> bool:
        return self.is_active and not self.is_expired

    @property
    def is_coordinator(self) -> bool:
        return self.role == self.Role.COORDINATOR

    @property
    def is_committee(self) -> bool:
        return self.role == self.Role.COMMITTEE

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def is_office(self) -> bool:
        """Works at the city (everyone but members of the committee)."""
        return self.is_authenticated and not self.is_committee

    # --- In which departments this person acts today, and in whose place ---
    @property
    def places(self) -> "list[Membership]":
        """What the person may act from today: the own memberships, then those of the people whose 代理 it is.

        Read once per request. A deputy of a deputy gets nothing: only memberships of the absent persons themselves.
        """
        if not hasattr(self, "_places"):
            found = _places(user=self.pk, today=timezone.localdate())
            self._places = sorted(
                found, key=lambda place: (place.user_id != self.pk, place.user_id, place.department_id)
            )
        return self._places

    def department_ids(self) -> frozenset[int]:
        """Departments this person acts for today: the own ones and those of the people whose 代理 it is."""
        return frozenset(place.department_id for place in self.places)

    def managed_ids(self) -> frozenset[int]:
        """Departments in which the person has the powers of the 課長 today, as 課長 or as the 代理 of one."""
        return frozenset(place.department_id for place in self.places if place.user.role == User.Role.MANAGER)

    def manages(self, department_id: int) -> bool:
        return department_id in self.managed_ids()

    def acting_for(self, department_id: int, *, as_manager: bool = False) -> "User | None":
        """Whose 代理 the person is when acting for a department; None with a right of one's own, or with none at all.

        `as_manager`: for what only the 課長 may do. Of several absent persons the one with the lowest number.
        """
        holders = [
            place.user
            for place in self.places
            if place.department_id == department_id and (not as_manager or place.user.role == User.Role.MANAGER)
        ]
        return holders[0] if holders and holders[0].pk != self.pk else None

    def deputized(self) -> "list[Membership]":
        """The places of others in which this person acts today."""
        return [place for place in self.places if place.user_id != self.pk]


@Prepared
def _places():
    """Memberships that hold today of a person and of those whose 代理 the person is (User.places)."""
    user, today = Given("user"), Given("today", models.DateField())
    absent = Deputyship.objects.current(today).filter(deputy=user).values("principal")
    held = Membership.objects.current(today).filter(Q(user=user) | Q(user__in=absent))
    return held.select_related("user", "department")


class MembershipQuerySet(models.QuerySet):
    def current(self, today: date | Given | None = None):
        today = today or timezone.localdate()
        return self.not_ended(today).filter(Q(since__isnull=True) | Q(since__lte=today))

    def not_ended(self, day: date):
        """Those that hold on a day or begin later."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day))


class Membership(models.Model):
    """A person in a department, from one day to another: April transfers end one and begin the next."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name="利用者")
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships", verbose_name="担当課")
    since = models.DateField("着任日", null=True, blank=True)
    until = models.DateField("最後の日", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "所属"
        verbose_name_plural = "所属"
        constraints = [models.UniqueConstraint(fields=["user", "department"], name="membership_once")]

    def __str__(self):
        return f"{self.user}（{self.department}）"

    @property
    def period(self) -> str:
        """令和8年4月1日から令和9年3月31日まで; "" when neither day is known."""
        begin = f"{fy.date_label(self.since)}から" if self.since else ""
        end = f"{fy.date_label(self.until)}まで" if self.until else ""
        return begin + end

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until < timezone.localdate()


class DeputyshipQuerySet(models.QuerySet):
    def current(self, today: date | Given | None = None):
        """Those that hold today. Whoever became 委員 or システム管理者 meanwhile acts for nobody, and nobody for them."""
        today = today or timezone.localdate()
        return self.not_ended(today).filter(since__lte=today).exclude(
            Q(deputy__role__in=User.NEVER_DEPUTY) | Q(principal__role__in=User.NEVER_DEPUTY)
        )  # fmt: skip

    def not_ended(self, day: date):
        """Those that hold on a day or begin later."""
        return self.filter(until__gte=day, ended_at__isnull=True)

    def with_people(self):
        return self.select_related("principal", "deputy", "appointed_by", "ended_by")


class Deputyship(models.Model):
    """代理: one person acts in the place of another from one day to another, for absence and April transfers.

    While it holds, the deputy has the principal's departments, with the powers of the 課長 if the principal is one
    (User.places). Both names are kept with everything done. The principal's account may be stopped or run out.
    """

    principal = models.ForeignKey(User, models.PROTECT, related_name="deputies", verbose_name="不在の人")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="deputyships", verbose_name="代理の人")
    since = models.DateField("いつから")
    until = models.DateField("いつまで")
    reason = models.CharField("理由", max_length=200)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="決めた人")
    at = models.DateTimeField("決めた日時", default=timezone.now)
    ended_at = models.DateTimeField("終えた日時", null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="終えた人"
    )  # fmt: skip

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        verbose_name = "代理"
        verbose_name_plural = "代理"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")),
                name="deputyship_ends_after_beginning",
                violation_error_message="最後の日が、始まる日より前です。",
            ),
            models.CheckConstraint(
                condition=~Q(principal=models.F("deputy")),
                name="deputyship_is_of_another",
                violation_error_message="自分の代理に自分はなれません。ほかの人を選んでください。",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="deputyship_ended_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["deputy", "until"], name="deputyship_of_deputy")]

    def __str__(self):
        return f"{self.principal}の代理の{self.deputy}"

    @property
    def period(self) -> str:
        return f"{fy.date_label(self.since)}から{fy.date_label(self.until)}まで"

    @property
    def state(self) -> str:
        """begins, holds or over."""
        today = timezone.localdate()
        if self.ended_at is not None or self.until < today:
            return "over"
        return "begins" if self.since > today else "holds"


class AccountEvent(Record):
    """What was done to a person's account or a department, in one sentence."""

    at = models.DateTimeField("日時", default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="した人")
    what = models.TextField("したこと")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="利用者")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="担当課"
    )

    class Meta:
        verbose_name = "利用者と担当課の記録"
        verbose_name_plural = "利用者と担当課の記録"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(department__isnull=False), name="account_event_is_about_something"
            )
        ]

    def __str__(self):
        return self.what


class HandledRequest(models.Model):
    """A form that was sent and had its effect: what it was answered, so that the same sending again has none.

    Kept for a day (once.py). It holds no text of the form, only its digest.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    request_id = models.UUIDField()
    digest = models.CharField(max_length=64)  # of where and what was sent: with other words it is another request
    location = models.TextField(blank=True)  # where the answer led to; "" for a page
    told = models.JSONField(default=list)  # [level, words] of the messages that the next page shows
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "request_id", "digest"], name="handled_request_once")]

    def __str__(self):
        return f"{self.request_id} {self.location}"
