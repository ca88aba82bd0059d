"""Every request asks again whether its account still holds."""

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout

from accounts.models import User

STOPPED = "このアカウントは止められたので、サインアウトしました。使うときは、システム管理者に連絡してください。"
EXPIRED = "使える期限を過ぎたので、サインアウトしました。続けて使うときは、福祉総務課に連絡してください。"
CHANGED = "パスワードか役割が変わったので、サインアウトしました。もう一度サインインしてください。"


class AccountStillValidMiddleware:
    """Signs out, with the reason, a person whose account was stopped, has run out, or got another password or role.

    Stands behind MessageMiddleware for the message's sake, and so still before any view: LoginRequiredMiddleware
    looks at the user only when the view is about to be called.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        signed_in_as = request.session.get(SESSION_KEY)
        if signed_in_as is not None:
            reason = reason_to_sign_out(request.user, signed_in_as)
            if reason:
                logout(request)
                messages.warning(request, reason)
        return self.get_response(request)


def reason_to_sign_out(user, signed_in_as: str) -> str:
    """Blank while the account holds. Django itself has already turned a stopped or changed one into AnonymousUser."""
    if user.is_authenticated:
        return EXPIRED if user.is_expired else ""
    return STOPPED if User.objects.filter(pk=signed_in_as, is_active=False).exists() else CHANGED
