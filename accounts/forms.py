from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import transfers
from accounts.models import Department, Deputyship, Membership, User
from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.text_fields import CleanText
from initiatives.workbook_reader import MAX_UPLOAD, UNCHANGED, WorkbookRefused

DATE_WORDS = "日付は「2027-03-31」のように書いてください。"


def this_year() -> int:
    return fy.of_date(timezone.localdate())


def speak_plainly(form: forms.BaseForm) -> None:
    """Say what is missing or too long by the field's own name, instead of 「このフィールドは必須です」."""
    for field in form.fields.values():
        verb = "選んで" if isinstance(field.widget, forms.widgets.ChoiceWidget) else "書いて"
        field.error_messages["required"] = f"{field.label}を{verb}ください。"
        field.error_messages["max_length"] = "%(limit_value)d文字までで書いてください（今は%(show_value)d文字です）。"


# --- Signing in -----------------------------------------------------------------------------------
class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "ユーザー名かパスワードが違います。5回まちがえると、15分間サインインできなくなります。",
        "inactive": "このアカウントは止められています。システム管理者に連絡してください。",
        "expired": "このアカウントは使える期限を過ぎています。福祉総務課に連絡してください。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "ユーザー名"
        self.fields["password"].label = "パスワード"

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.is_expired:
            raise ValidationError(self.error_messages["expired"], code="expired")


class OwnPasswordForm(PasswordChangeForm):
    error_messages = {
        "password_mismatch": "2つの欄のパスワードが違います。同じものを書いてください。",
        "password_incorrect": "今のパスワードが違います。もう一度書いてください。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = {
            "old_password": ("今のパスワード", ""),
            "new_password1": (
                "新しいパスワード",
                "10文字以上。数字だけのものや、よく使われることば、ユーザー名に似たものは使えません。",
            ),
            "new_password2": ("新しいパスワード（もう一度）", ""),
        }
        for name, (label, hint) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        speak_plainly(self)


# --- Fields ---------------------------------------------------------------------------------------
class LineField(CleanText):
    """One line of text without control characters, as parsing.clean_text keeps it."""

    def to_python(self, value):
        text = super().to_python(value)
        if "\n" in text:
            raise ValidationError("1行で書いてください。")
        return text


class DayField(forms.DateField):
    def __init__(self, **kwargs):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, error_messages={"invalid": DATE_WORDS}, **kwargs)


class FiscalYearField(forms.CharField):
    """A fiscal year typed as R6, 令和6年度 or 2024; an int or None."""

    EARLIEST, LATEST = 1950, 2100

    def prepare_value(self, value):
        return fy.label(value) if isinstance(value, int) else value

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            year = fy.parse(text)
        except fy.FiscalYearError as error:
            raise ValidationError(str(error)) from error
        if not self.EARLIEST <= year <= self.LATEST:
            raise ValidationError(
                f"「{text}」は、書ける年度の範囲（{self.EARLIEST}年度〜{self.LATEST}年度）を外れています。"
            )
        return year

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class DepartmentsField(forms.ModelMultipleChoiceField):
    """Tick boxes of departments; a page draws them under their 部 with `groups_of`."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(Department.objects.none(), **kwargs)


def groups_of(field: forms.BoundField) -> list[tuple[str, list]]:
    """The boxes of a DepartmentsField by the 部 they belong to, in order; "" for those without one."""
    groups: list[tuple[str, list]] = []
    for option in field.subwidgets:
        parent = option.data["value"].instance.parent
        name = parent.name if parent else ""
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].append(option)
    return groups


# --- People ---------------------------------------------------------------------------------------
class UserFilterForm(forms.Form):
    """What the list of people is narrowed by; a value that is not on offer narrows nothing."""

    q = forms.CharField(label="氏名・ユーザー名", required=False, max_length=100)
    role = forms.ChoiceField(label="役割", required=False, choices=[("", "すべて"), *User.Role.choices])
    department = forms.ChoiceField(label="所属", required=False)
    active = forms.ChoiceField(
        label="使えるか",
        required=False,
        choices=[
            ("", "すべて"),
            ("yes", "使える"),
            ("soon", "期限が近い"),
            ("expired", "期限切れ"),
            ("stopped", "止めた"),
            ("unplaced", "今日の所属がない"),
        ],
    )

    def __init__(self, data):
        super().__init__(data)
        departments = Department.objects.pickable(this_year())
        self.fields["department"].choices = [("", "すべて"), *((str(each.pk), each.name) for each in departments)]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "input input--sm" if name == "q" else "select select--sm"
        self.fields["q"].widget.input_type = "search"

    @property
    def conditions(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class UserForm(forms.ModelForm):
    """A person: name, role, until when, and to which departments from when to when.

    Each membership the person has is two date fields of its own; `departments`, `since` and `until` add new ones.
    """

    name = LineField(label="氏名", max_length=60)
    expires_on = DayField(
        label="使える期限", required=False, help_text="この日まで使えます。委員は任期の最後の日を書いてください。"
    )
    departments = DepartmentsField(label="加える課", required=False)
    since = DayField(label="加える課の着任日", required=False, help_text="空のままなら、今日からです。")
    until = DayField(label="加える課の最後の日", required=False)

    class Meta:
        model = User
        fields = ["name", "username", "email", "role", "expires_on"]
        field_classes = {"username": LineField}
        help_texts = {"username": "サインインに使う名前です。", "email": "お知らせの送り先です。"}
        widgets = {"role": forms.RadioSelect}

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        speak_plainly(self)
        self.by = by
        self.changed_memberships: list[Membership] = []
        self.memberships = self._existing_memberships()
        taken = [membership.department_id for membership in self.memberships]
        self.fields["departments"].queryset = Department.objects.pickable(this_year()).exclude(pk__in=taken)
        self.fields["username"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["email"].error_messages["invalid"] = "メールアドレスは「name@example.jp」のように書いてください。"
        for membership in self.memberships:
            for name, label in (("since", "着任日"), ("until", "最後の日")):
                self.fields[f"{name}_{membership.pk}"] = DayField(
                    label=f"{membership.department}の{label}", required=False, initial=getattr(membership, name)
                )

    def _existing_memberships(self) -> list[Membership]:
        if not self.instance.pk:
            return []
        return list(self.instance.memberships.select_related("department").order_by("since", "pk"))

    def membership_rows(self):
        """(membership, field of the first day, field of the last day) for the table."""
        return [(each, self[f"since_{each.pk}"], self[f"until_{each.pk}"]) for each in self.memberships]

    def department_groups(self):
        return groups_of(self["departments"])

    @property
    def adding_is_open(self) -> bool:
        """Whether the page shows at once what adds a department: someone needs one, or there is something to mend."""
        names = ("departments", "since", "until")
        lacks = not self.memberships and self.instance.role in (User.Role.STAFF, User.Role.MANAGER)
        return lacks or any(self[name].errors or self[name].value() for name in names)

    def clean_username(self):
        username = User.normalize_username(self.cleaned_data["username"]).strip()
        if any(character.isspace() for character in username):
            raise ValidationError("ユーザー名に空白は使えません。")
        # Yamada and yamada would be two accounts that nobody can tell apart.
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError(f"ユーザー名「{username}」は、もう使われています。別の名前にしてください。")
        return username

    def clean_role(self):
        role = self.cleaned_data["role"]
        if self.instance == self.by and role != User.Role.ADMIN:
            raise ValidationError("自分の役割は変えられません。ほかのシステム管理者に頼んでください。")
        return role

    def clean(self):
        data = super().clean()
        role, expires_on = data.get("role"), data.get("expires_on")
        if role == User.Role.COMMITTEE and not expires_on and "expires_on" not in self.errors:
            self.add_error("expires_on", "委員には、任期の最後の日が必要です。")
        if self.instance == self.by and expires_on and expires_on < timezone.localdate():
            self.add_error("expires_on", "自分のアカウントを、過ぎた日までにはできません。")
        self._clean_memberships(data)
        if not self.errors:
            self._check_departments_suit(role)
        return data

    def _clean_memberships(self, data: dict) -> None:
        self.changed_memberships = []
        for membership, since, until in self.membership_rows():
            begin, end = data.get(since.name), data.get(until.name)
            if begin and end and end < begin:
                self.add_error(until.name, "最後の日が、着任日より前です。")
            elif (begin, end) != (membership.since, membership.until):
                membership.since, membership.until = begin, end
                self.changed_memberships.append(membership)
        begin, end = data.get("since") or timezone.localdate(), data.get("until")
        if end and end < begin:
            self.add_error("until", "最後の日が、着任日より前です。")
        self.added = [Membership(department=each, since=begin, until=end) for each in data.get("departments") or []]
        if not self.added and (data.get("since") or data.get("until")):
            self.add_error(
                "departments", "加える課を選んでください。加えないときは、着任日と最後の日を空にしてください。"
            )
        self.changed_memberships += self.added

    def _check_departments_suit(self, role: str) -> None:
        staying = [each for each in (*self.memberships, *self.added) if not each.is_over]
        if role in (User.Role.STAFF, User.Role.MANAGER) and not staying:
            self.add_error("departments", f"{User.Role(role).label}には、所属が1つは必要です。課を選んでください。")
        if role == User.Role.COMMITTEE and staying:
            names = "、".join(each.department.name for each in staying)
            self.add_error(
                "role", f"委員は課に所属しません。「{names}」を選ばないか、最後の日を昨日までの日にしてください。"
            )


def check_password(password: str, user: User) -> str:
    """A password typed by the administrator; "" means that Ayumi makes one."""
    if password:
        validate_password(password, user)
    return password


def password_field(label: str) -> forms.CharField:
    field = forms.CharField(
        label=label, required=False, strip=False, max_length=128,
        help_text="空のままなら、あゆみが作って、次の画面で1回だけ表示します。自分で決めるときは10文字以上です。",
    )  # fmt: skip
    field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    return field


class NewUserForm(UserForm):
    password = password_field("最初のパスワード")

    def _post_clean(self):
        super()._post_clean()  # the instance now holds the name and username that the password must not resemble
        try:
            check_password(self.cleaned_data.get("password", ""), self.instance)
        except ValidationError as error:
            self.add_error("password", error)


class PasswordForm(forms.Form):
    password = password_field("新しいパスワード")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        speak_plainly(self)
        self.user = user

    def clean_password(self):
        return check_password(self.cleaned_data["password"], self.user)


# --- 代理 ------------------------------------------------------------------------------------------
class PersonField(forms.ModelChoiceField):
    """One of a few hundred people, each with 課 and 役割: names alone may be alike."""

    def label_from_instance(self, user: User) -> str:
        names = "・".join(membership.department.name for membership in user.current_memberships)
        return f"{user.name}（{'・'.join(filter(None, [names, user.get_role_display()]))}）"


class DeputyshipForm(forms.ModelForm):
    """Who acts for whom, from when to when. Who may decide for all also chooses for whom."""

    principal = PersonField(
        User.objects.none(), label="不在の人", empty_label="選んでください",
        help_text="休む人、異動した人などです。アカウントを止めた人も選べます。",
    )  # fmt: skip
    deputy = PersonField(User.objects.none(), label="代理の人", empty_label="選んでください")
    since = DayField(label="いつから")
    until = DayField(label="いつまで", help_text="この日まで代理です。1年以内の日にします。早く終えることもできます。")
    reason = LineField(
        label="理由", max_length=200,
        help_text="代理の人、福祉総務課、システム管理者が読みます。「育児休業」「4月の異動」のように短く書き、病名などは書かないでください。",
    )  # fmt: skip

    class Meta:
        model = Deputyship
        fields = ["principal", "deputy", "since", "until", "reason"]

    def __init__(self, *args, by: User, for_all: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", timezone.localdate())
        people = User.objects.exclude(role__in=User.NEVER_DEPUTY).with_memberships().order_by("name", "pk")
        usable = people.usable().exclude(pk=by.pk)
        if for_all:
            belonging = Membership.objects.not_ended(timezone.localdate()).values("user")
            self.fields["principal"].queryset = people.filter(pk__in=belonging)
            self.fields["deputy"].queryset = people.usable()
            self.fields[
                "deputy"
            ].help_text = "福祉総務課の人がかわりに書くときは、その人を選びます。自分が書いたり送ったりしたものは、自分では承認できません。"
        else:
            del self.fields["principal"]
            self.instance.principal = by
            own = [place.department_id for place in by.places if place.user_id == by.pk]
            colleagues = Membership.objects.current().filter(department__in=own).values("user")
            self.fields["deputy"].queryset = usable.filter(pk__in=colleagues)
            self.fields[
                "deputy"
            ].help_text = "同じ課の人から選びます。ほかの課の人にするときは、福祉総務課に頼んでください。"
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "select" if name in ("principal", "deputy") else "input"
        speak_plainly(self)


# --- 人事異動 ---------------------------------------------------------------------------------------
class TransferForm(forms.Form):
    """Lines pasted from Excel, or the Excel file itself."""

    rows = forms.CharField(
        label="表を貼り付ける", required=False, strip=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Excelの行を選んでコピーし、ここに貼り付けます。列は、ユーザー名、氏名、新しい課、役割、いつから の順です。",
    )  # fmt: skip
    file = forms.FileField(
        label="またはExcelを選ぶ", required=False, help_text="最初のシートを読みます。5MBまでの .xlsx です。",
        error_messages={"empty": f"このファイルは空です。{UNCHANGED}", "invalid": "ファイルを選んでください。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.table: transfers.Table = []
        speak_plainly(self)
        self.fields["rows"].widget.attrs |= {"class": "textarea", "spellcheck": "false"}
        self.fields["file"].widget.attrs |= {"class": "input", "accept": ".xlsx"}

    def clean(self):
        """`table`: the lines as cells, whichever way they came."""
        data = super().clean()
        file = data.get("file")
        try:
            if file:
                self.table = transfers.table_of_workbook(file.read(MAX_UPLOAD + 1))  # one too many is refused there
            else:
                self.table = transfers.table_of_text(data.get("rows") or "")
        except WorkbookRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        if not self.table and not self.errors:
            raise ValidationError("表を貼り付けるか、Excelを選んでください。")
        if len(self.table) > transfers.MAX_LINES:
            raise ValidationError(
                f"{len(self.table)}行あります。一度に扱えるのは{transfers.MAX_LINES}行までです。分けて取り込んでください。"
            )
        return data


# --- Departments ----------------------------------------------------------------------------------
class DepartmentFilterForm(forms.Form):
    year = FiscalYearField(label="年度", required=False)
    state = forms.ChoiceField(
        label="表示する課",
        required=False,
        choices=[
            ("", "この年度にある課"),
            ("later", "この年度より後にできる課"),
            ("closed", "この年度より前に終わった課"),
            ("all", "すべて"),
        ],
    )

    def __init__(self, data):
        super().__init__(data if "year" in data or "state" in data else {"year": fy.label(this_year())})
        self.fields["year"].widget.attrs |= {"class": "input input--sm"}
        self.fields["state"].widget.attrs |= {"class": "select select--sm"}

    @property
    def conditions(self) -> tuple[int, str]:
        """The fiscal year (this one unless a good one is given) and which departments."""
        self.is_valid()
        return self.cleaned_data.get("year") or this_year(), self.cleaned_data.get("state", "")


def check_open_name(name: str, *, but: Department | None = None) -> None:
    """Refuse a name that an open department has, however it is typed."""
    for other in Department.objects.filter(closed_after__isnull=True).exclude(pk=but.pk if but else None):
        if parsing.key(other.name) == parsing.key(name):
            raise ValidationError(f"「{other.name}」は、もうあります。別の名前にしてください。")


class DepartmentForm(forms.ModelForm):
    name = LineField(label="課名", max_length=60)
    opened_in = FiscalYearField(
        label="設置年度",
        required=False,
        help_text="できた年度を「R7」「令和7年度」「2025」のように書きます。前からある課は空のままにします。",
    )
    closed_after = FiscalYearField(label="最後の年度", required=False, help_text="なくなる課だけに書きます。")
    successors = DepartmentsField(label="引き継いだ課", required=False)

    class Meta:
        model = Department
        fields = ["name", "parent", "position", "opened_in", "closed_after", "successors", "manager_step"]
        help_texts = {
            "position": "小さい数ほど先に並びます。",
            "manager_step": "外すと、担当者が書いたものは課長の確認なしで提出されます。",
        }
        widgets = {"position": forms.TextInput(attrs={"inputmode": "numeric"})}
        error_messages = {
            "position": {
                "invalid": "並び順は、0以上の整数で書いてください。",
                "min_value": "並び順は、0以上の整数で書いてください。",
            }
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        speak_plainly(self)
        others = Department.objects.exclude(pk=self.instance.pk)
        roots = others.filter(parent__isnull=True).open_from(this_year())
        self.fields["parent"].queryset = (roots | others.filter(pk=self.instance.parent_id)).distinct()
        self.fields["parent"].empty_label = "なし（部に入っていない、または部そのもの）"
        open_ones = others.pickable(this_year())
        kept = others.filter(predecessors=self.instance.pk) if self.instance.pk else others.none()
        self.fields["successors"].queryset = (
            others.filter(pk__in=[*open_ones.values_list("pk", flat=True), *kept.values_list("pk", flat=True)])
            .select_related("parent")
            .order_by("parent__position", "parent_id", "position", "pk")
        )

    def successor_groups(self):
        return groups_of(self["successors"])

    def clean(self):
        data = super().clean()
        opened, closed = data.get("opened_in"), data.get("closed_after")
        if opened and closed and closed < opened:
            self.add_error("closed_after", f"最後の年度が、設置年度（{fy.label(opened)}）より前です。")
        if "name" in data and closed is None and "closed_after" not in self.errors:
            try:
                check_open_name(data["name"], but=self.instance)
            except ValidationError as error:
                self.add_error("name", error)
        if closed and self.instance.pk and self.instance.children.open_from(closed + 1).exists():
            self.add_error("closed_after", "この部には、まだ課があります。先に、課の「部」を変えてください。")
        self._clean_successors(data.get("successors") or [], closed)
        return data

    def _clean_successors(self, successors, closed: int | None) -> None:
        if successors and closed is None and "closed_after" not in self.errors:
            self.add_error("closed_after", "引き継いだ課を選ぶときは、最後の年度も書いてください。")


class ReorganisationForm(forms.Form):
    """Close a department after a fiscal year, and say who goes on with its work."""

    RENAME, HAND_OVER = "rename", "hand_over"

    last_year = FiscalYearField(
        label="最後の年度", help_text="「R8」「令和8年度」「2026」のように書きます。次の年度から変わります。"
    )
    kind = forms.ChoiceField(
        label="引き継ぎ方",
        choices=[
            (RENAME, "新しい名前の課が引き継ぐ"),
            (HAND_OVER, "今ある課が引き継ぐ（1つなら合わせる、2つ以上なら分ける）"),
        ],
        widget=forms.RadioSelect,
    )
    new_name = LineField(
        label="新しい名前", required=False, max_length=60, help_text="新しい名前にするときだけ書きます。"
    )
    successors = DepartmentsField(label="引き継ぐ課", required=False, help_text="今ある課が引き継ぐときだけ選びます。")
    people_to = forms.ModelChoiceField(
        Department.objects.none(), label="所属している人を移す課", required=False, empty_label="あとで1人ずつ決める",
        help_text="2つ以上に分けるときだけ選びます。1つの課が引き継ぐときは、全員がその課に移ります。",
    )  # fmt: skip

    def __init__(self, *args, department: Department, **kwargs):
        # The page has a DepartmentForm too, with boxes of its own for 引き継いだ課.
        super().__init__(*args, auto_id="id_reorganise_%s", **kwargs)
        speak_plainly(self)
        self.department = department
        others = Department.objects.pickable(this_year()).exclude(pk=department.pk)
        self.fields["successors"].queryset = self.fields["people_to"].queryset = others

    def successor_groups(self):
        return groups_of(self["successors"])

    def clean_last_year(self):
        year, opened = self.cleaned_data["last_year"], self.department.opened_in
        if opened and year < opened:
            raise ValidationError(f"最後の年度が、設置年度（{fy.label(opened)}）より前です。")
        return year

    def clean(self):
        data = super().clean()
        if data.get("kind") == self.RENAME:
            self._clean_rename(data)
        elif data.get("kind") == self.HAND_OVER and "last_year" in data:
            self._clean_hand_over(data)
        return data

    def _clean_rename(self, data: dict) -> None:
        if "new_name" in self.errors:
            return
        if not data.get("new_name"):
            self.add_error("new_name", "新しい課の名前を書いてください。")
            return
        try:
            check_open_name(data["new_name"])
        except ValidationError as error:
            self.add_error("new_name", error)

    def _clean_hand_over(self, data: dict) -> None:
        chosen = list(data.get("successors") or [])
        people_to = data.get("people_to")
        if not chosen:
            self.add_error("successors", "引き継ぐ課を1つ以上選んでください。")
            return
        next_year = data["last_year"] + 1
        there = set(Department.objects.open_in(next_year).filter(pk__in=[each.pk for each in chosen]))
        for each in chosen:
            if each not in there:
                self.add_error("successors", f"「{each}」は、{fy.label(next_year)}にはありません。")
        if people_to and people_to not in chosen:
            self.add_error("people_to", "人を移す課は、引き継ぐ課の中から選んでください。")
        if len(chosen) > 1 and self.department.children.open_from(next_year).exists():
            self.add_error(
                "successors", "この部には、まだ課があります。2つ以上に分けるときは、先に課の「部」を変えてください。"
            )
        if len(chosen) == 1:
            data["people_to"] = chosen[0]
