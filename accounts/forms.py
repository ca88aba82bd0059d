from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone


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
        if user.expires_on and user.expires_on < timezone.localdate():
            raise ValidationError(self.error_messages["expired"], code="expired")
