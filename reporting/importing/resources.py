"""Resources of what is written about a year (see initiatives.resources)."""

from initiatives.resources import LeanMeta, LeanResource
from reporting.models import Chapter, CityEvent, Footnote, PrintedClaim
from reviews.models import CommitteeReview


class ChapterResource(LeanResource):
    class Meta(LeanMeta):
        model = Chapter
        import_id_fields = ["goal", "kind"]
        fields = ["goal", "kind", "heading", "text"]

    def _write(self, instance, values):
        """What is confirmed is confirmed as it was read: other words are a draft again."""
        super()._write(instance, values | {"state": Chapter.State.DRAFT, "confirmed_by": None, "confirmed_at": None})


class CommitteeReviewResource(LeanResource):
    class Meta(LeanMeta):
        model = CommitteeReview
        import_id_fields = ["goal"]
        fields = ["goal", "heading", "text"]


class CityEventResource(LeanResource):
    class Meta(LeanMeta):
        model = CityEvent
        import_id_fields = ["goal", "position"]
        fields = ["goal", "position", "when", "what"]


class FootnoteResource(LeanResource):
    class Meta(LeanMeta):
        model = Footnote
        import_id_fields = ["number"]
        fields = ["number", "goal", "text"]


class PrintedClaimResource(LeanResource):
    class Meta(LeanMeta):
        model = PrintedClaim
        import_id_fields = ["key"]
        fields = ["key", "text"]
