from django import forms
from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self):
        from config import checks  # noqa: F401  (registers itself)

        # Django says このフィールドは必須です。 Ours says what to do.
        forms.Field.default_error_messages["required"] = "ここを書いてください。"
        forms.ChoiceField.default_error_messages["required"] = "ここを選んでください。"
        forms.FileField.default_error_messages["required"] = "ファイルを選んでください。"
