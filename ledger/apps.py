from django.apps import AppConfig
from django.db.models.signals import post_migrate


def install_guards(**kwargs):
    from ledger import guard

    guard.install()


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "台帳"

    def ready(self):
        # After every migration, not in one of them: SQLite builds a table anew to alter it, and its triggers are lost.
        post_migrate.connect(install_guards, sender=self)
