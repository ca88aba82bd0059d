from functools import wraps

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import people, register
from accounts.forms import (
    DepartmentFilterForm,
    DepartmentForm,
    NewUserForm,
    OwnPasswordForm,
    PasswordForm,
    ReorganisationForm,
    UserFilterForm,
    UserForm,
    this_year,
)
from accounts.models import Department, User
from accounts.permissions import can_manage_accounts
from initiatives import fiscal_year as fy
from initiatives.workbook_writer import Sheet, write_book, xlsx_response

PAGE_SIZE = 50
EVENTS_SHOWN = 30


def password_change(request):
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        register.set_password(request.user, form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(request, "パスワードを変えました。次のサインインから新しいパスワードを使ってください。")
        return redirect("initiatives:home")
    return render(request, "accounts/password_change.html", {"form": form}, status=422 if form.errors else 200)


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    """Shown by django-axes after too many wrong passwords for one account."""
    return render(request, "accounts/locked_out.html", status=429)


def for_account_managers(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_manage_accounts(request.user):
            raise PermissionDenied("利用者と担当課を扱えるのは、システム管理者だけです。何も変わっていません。")
        return view(request, *args, **kwargs)

    return guarded


def accepts(form, write) -> bool:
    """Validate a form and write, in one transaction; a refused write becomes a message of the form."""
    try:
        with transaction.atomic():
            if not form.is_valid():
                return False
            write()
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def crumbs(name: str, label: str, this: str) -> list[tuple[str, str]]:
    return [(label, reverse(name)), (this, "")]


# --- People ---------------------------------------------------------------------------------------
@require_safe
@for_account_managers
def user_list(request):
    form = UserFilterForm(request.GET)
    everyone = list(User.objects.with_memberships())
    found = people.matching(everyone, form.conditions)
    context = {
        "form": form,
        "summary": people.summary(everyone),
        "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "found": len(found),
        "total": len(everyone),
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/user_list.html", context)


@require_safe
@for_account_managers
def user_list_excel(request):
    """棚卸し: the people of the list as it is narrowed, to go through once a year."""
    found = people.matching(User.objects.with_memberships(), UserFilterForm(request.GET).conditions)
    rows = [people.stocktaking_row(user) for user in found]
    content = write_book([Sheet("利用者", people.STOCKTAKING, rows, (16, 16, 14, 40, 10, 18, 20, 18, 30))])
    return xlsx_response(content, f"利用者_{timezone.localdate():%Y%m%d}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@for_account_managers
def user_add(request):
    form = NewUserForm(request.POST or None, by=request.user)
    if request.method == "POST":
        typed = form.data.get("password", "")
        password = typed or register.generate_password()
        if accepts(form, lambda: register.add_user(form.instance, password, form.changed_memberships, by=request.user)):
            return password_shown(request, form.instance, "" if typed else password, "登録しました")
    context = {"form": form, "crumbs": crumbs("accounts:user_list", "利用者", "加える")}
    return render(request, "accounts/user_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_account_managers
def user_edit(request, pk):
    user = get_object_or_404(User, pk=pk)
    form = UserForm(request.POST or None, instance=user, by=request.user)
    if request.method == "POST" and accepts(
        form, lambda: register.change_user(form.instance, form.changed_memberships, by=request.user)
    ):
        messages.success(request, f"{user.name}さんの登録を保存しました。")
        return redirect("accounts:user_edit", pk=pk)
    return user_page(request, pk, form=form)


def user_page(request, pk, *, form=None, password_form=None):
    """The page of one person: the account, the password, what was changed. Bound forms show what was refused."""
    user = get_object_or_404(User, pk=pk)  # as it is in the register, whatever was typed
    form = form or UserForm(instance=get_object_or_404(User, pk=pk), by=request.user)
    password_form = password_form or PasswordForm(user=user)
    context = {
        "person": user,
        "is_self": user == request.user,
        "form": form,
        "password_form": password_form,
        "locked_out": register.is_locked_out(user),
        "events": user.events.select_related("by")[:EVENTS_SHOWN],
        "crumbs": crumbs("accounts:user_list", "利用者", user.name),
    }
    refused = form.errors or password_form.errors
    return render(request, "accounts/user_edit.html", context, status=422 if refused else 200)


@require_POST
@for_account_managers
def user_password(request, pk):
    user = get_object_or_404(User, pk=pk)
    form = PasswordForm(request.POST, user=user)
    if not form.is_valid():
        return user_page(request, pk, password_form=form)
    typed = form.cleaned_data["password"]
    password = typed or register.generate_password()
    register.set_password(user, password, by=request.user)
    if user == request.user:
        update_session_auth_hash(request, user)
    return password_shown(request, user, "" if typed else password, "パスワードを新しくしました")


def password_shown(request, user, password: str, done: str):
    """Answer to the very request that made the password: it is kept nowhere, so no redirect can show it."""
    context = {
        "person": user,
        "password": password,
        "done": done,
        "crumbs": crumbs("accounts:user_list", "利用者", user.name),
    }
    return render(request, "accounts/password_shown.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_account_managers
def user_active(request, pk, active):
    """Asks, and on POST stops an account or lets it be used again."""
    user = get_object_or_404(User, pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            register.set_active(user, active, by=request.user)
        except ValidationError as refusal:
            problem = refusal.message
        else:
            messages.success(
                request, f"{user.name}さんのアカウントを{'また使えるようにしました' if active else '止めました'}。"
            )
            return redirect("accounts:user_edit", pk=pk)
    context = {"person": user, "active": active, "problem": problem, "is_self": user == request.user}
    context["crumbs"] = crumbs("accounts:user_list", "利用者", user.name)
    return render(request, "accounts/user_active.html", context, status=422 if problem else 200)


@require_POST
@for_account_managers
def user_unlock(request, pk):
    user = get_object_or_404(User, pk=pk)
    register.unlock(user, by=request.user)
    messages.success(request, f"{user.name}さんは、今すぐサインインできます。")
    return redirect("accounts:user_edit", pk=pk)


# --- Departments ----------------------------------------------------------------------------------
@require_safe
@for_account_managers
def department_list(request):
    form = DepartmentFilterForm(request.GET)
    year, state = form.conditions
    everything = list(Department.objects.with_counts(year))
    context = {
        "form": form,
        "year_label": fy.label(year),
        "summary": people.department_summary(everything, year),
        "groups": people.department_tree(everything, year, state),
    }
    return render(request, "accounts/department_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_account_managers
def department_add(request):
    last = Department.objects.aggregate(last=Max("position"))["last"] or 0
    form = DepartmentForm(request.POST or None, initial={"position": last + 1})
    if request.method == "POST" and accepts(
        form, lambda: register.add_department(form.instance, form.cleaned_data["successors"], by=request.user)
    ):
        messages.success(request, f"「{form.instance}」を加えました。")
        return redirect("accounts:department_list")
    context = {"form": form, "crumbs": crumbs("accounts:department_list", "担当課", "加える")}
    return render(request, "accounts/department_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_account_managers
def department_edit(request, pk):
    department = get_object_or_404(Department, pk=pk)
    form = DepartmentForm(request.POST or None, instance=department)
    if request.method == "POST" and accepts(
        form, lambda: register.change_department(form.instance, form.cleaned_data["successors"], by=request.user)
    ):
        messages.success(request, f"「{form.instance}」を保存しました。")
        return redirect("accounts:department_edit", pk=pk)
    return department_page(request, pk, form=form)


def department_page(request, pk, *, form=None, reorganisation=None):
    """The page of one department: what it is, its people, its end and successors, what was changed."""
    department = get_object_or_404(Department.objects.select_related("parent").with_counts(this_year()), pk=pk)
    form = form or DepartmentForm(instance=get_object_or_404(Department, pk=pk))
    reorganisation = reorganisation or ReorganisationForm(
        department=department, initial={"last_year": fy.label(this_year())}
    )
    members = people.members_of(department)
    context = {
        "department": department,
        "form": form,
        "reorganisation": reorganisation,
        "status": people.department_status(department, this_year()),
        "members": members,
        "staying": people.staying_after_the_end(department, members),
        "events": department.events.select_related("by")[:EVENTS_SHOWN],
        "crumbs": crumbs("accounts:department_list", "担当課", department.name),
    }
    refused = form.errors or reorganisation.errors
    return render(request, "accounts/department_edit.html", context, status=422 if refused else 200)


@require_POST
@for_account_managers
def department_reorganise(request, pk):
    department = get_object_or_404(Department, pk=pk)
    form = ReorganisationForm(request.POST, department=department)
    said = []
    try:
        if department.closed_after is not None:
            raise register.AlreadyClosed(department.name)
        if not accepts(form, lambda: said.append(reorganise(department, form.cleaned_data, request.user))):
            return department_page(request, pk, reorganisation=form)
    except register.AlreadyClosed:
        problem = f"「{department.name}」を閉じることは、もう決まっています。"
        context = {"problem": problem, "back_url": reverse("accounts:department_edit", args=[pk])}
        return render(request, "409.html", context, status=409)
    messages.success(request, said[0])
    return redirect("accounts:department_edit", pk=pk)


def reorganise(department: Department, data: dict, by: User) -> str:
    """Rename or hand over, as a checked ReorganisationForm says. Returns the sentence of what happened."""
    year = data["last_year"]
    if data["kind"] == ReorganisationForm.RENAME:
        successor, moved = register.rename(department, data["new_name"], year, by=by)
        names = successor.name
    else:
        successors = list(data["successors"])
        moved = register.hand_over(department, successors, year, data["people_to"], by=by)
        names = "」「".join(each.name for each in successors)
    words = f"「{department}」は{fy.label(year)}で終わり、{fy.label(year + 1)}から「{names}」が引き継ぎます。"
    return words + (f"{moved}人の所属を4月1日から移しました。" if moved else "移した人はいません。")
