from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "報告書"

    def ready(self):
        from reporting import checks_system  # noqa: F401  (registers itself)
