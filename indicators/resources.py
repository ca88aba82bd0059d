"""django-import-export Resources of 成果指標 (see initiatives.resources)."""

from indicators.models import Indicator, IndicatorGoal, IndicatorValue
from initiatives import parsing
from initiatives.resources import LeanMeta, LeanResource


class IndicatorResource(LeanResource):
    """成果指標 with the numbers of its goals. Known by its name: the workbook numbers none of them."""

    sets = ("goals",)
    only_new = ("code",)

    class Meta(LeanMeta):
        model = Indicator
        import_id_fields = ["name"]
        fields = [
            "code",
            "position",
            "name",
            "unit",
            "decimals",
            "source",
            "goals",
            "ratio_name",
            "numerator_name",
            "numerator_unit",
            "denominator_name",
            "denominator_unit",
            "baseline",
            "baseline_numerator",
            "baseline_denominator",
        ]

    def key_of(self, row):
        return parsing.key(row["name"])

    def clear_set(self, name, instance):
        instance.goal_links.all().delete()

    def write_set(self, name, instances):
        IndicatorGoal.objects.bulk_create(
            IndicatorGoal(indicator=instance, goal=self.links["goals"][number], position=instance.position)
            for instance in instances
            for number in instance.goals_key
        )


class IndicatorValueResource(LeanResource):
    class Meta(LeanMeta):
        model = IndicatorValue
        import_id_fields = ["indicator", "fiscal_year"]
        fields = [
            "indicator",
            "fiscal_year",
            "actual",
            "actual_figure",
            "target",
            "target_figure",
            "numerator",
            "denominator",
        ]
