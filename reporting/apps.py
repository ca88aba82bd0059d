from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "報告書"

    def ready(self):
        from accounts.models import User
        from indicators import series
        from initiatives import later
        from reporting import checks_system, editions, member_home, voices  # noqa: F401  (the first registers itself)

        later.HOMES[User.Role.COMMITTEE] = member_home.page
        later.TODO.append(voices.todo)
        later.KEPT.append(editions.others_in)
        series.KEPT.append(editions.indicators_in)
