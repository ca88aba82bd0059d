from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.shortcuts import redirect, render


def password_change(request):
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        messages.success(request, "パスワードを変えました。次のサインインから新しいパスワードを使ってください。")
        return redirect("initiatives:home")
    return render(request, "accounts/password_change.html", {"form": form}, status=422 if form.errors else 200)


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    """Shown by django-axes after too many wrong passwords for one account."""
    return render(request, "accounts/locked_out.html", status=429)
