from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "成果指標"

    def ready(self):
        from indicators import owed
        from initiatives import later

        later.ASKS.append(owed.asks)
