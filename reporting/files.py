"""The files of a report: which kinds there are, what they are made from, and how each is made."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from initiatives import fiscal_year as fy
from initiatives.models import PlanYear
from reporting import excerpt as excerpts
from reporting import opendata, word, workbook
from reporting.assemble import assemble
from reporting.errata import Correction, errata
from reporting.models import ReportEdition
from reporting.snapshot import Report

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Source:
    """What a file is made from. edition (第2版) and digest are blank for a draft; excerpt: what an excerpt is about."""

    report: Report
    short: str  # R6
    edition: str = ""
    digest: str = ""
    issued: str = ""  # 令和8年12月
    errata: tuple[Correction, ...] = ()
    errata_since: str = ""  # 第1版
    ledger: str = ""  # where the edition stands in the ledger
    excerpt: str = ""

    def file_name(self, kind: "Kind") -> str:
        about = f"_{self.excerpt.replace('　', '_')}" if self.excerpt else ""
        return f"{self.report.plan_name}_推進状況報告書_{self.short}{self.edition}{about}{kind.extension}"


def source_of(plan_year: PlanYear, edition: ReportEdition | None = None, excerpt: str = "") -> Source:
    """Of an edition, or of the year as it stands now. excerpt: the key of one. Raises KeyError for an unknown excerpt."""
    if edition is None:
        source = Source(assemble(plan_year), plan_year.short)
    else:
        before = edition.before
        source = Source(
            edition.report, plan_year.short, edition.label, edition.digest, _month(edition),
            errata(before.report, edition.report) if before else (), before.label if before else "", edition.in_ledger,
        )  # fmt: skip
    if not excerpt:
        return source
    chosen = excerpts.find(source.report, excerpt)
    if chosen is None:
        raise KeyError(excerpt)
    report = excerpts.excerpt(source.report, chosen)
    return replace(source, report=report, errata=(), errata_since="", excerpt=chosen.name)


def _month(edition: ReportEdition) -> str:
    """令和8年12月."""
    day = timezone.localdate(edition.made_at)
    return f"{fy.label(day.year).removesuffix('度')}{day.month}月"


@dataclass(frozen=True)
class Kind:
    key: str
    label: str
    words: str
    extension: str
    content_type: str
    make: Callable[[Source, Progress], bytes]


def _pdf(source: Source, progress: Progress) -> bytes:
    # Here, not at the top: WeasyPrint takes a second to load.
    from reporting import pdf

    return pdf.render(
        source.report, cache_dir=settings.REPORT_CACHE_DIR, progress=progress, edition=source.edition,
        issued=source.issued, excerpt=source.excerpt, errata=source.errata, errata_since=source.errata_since,
        digest=source.digest, ledger=source.ledger,
    )  # fmt: skip


def _word(source: Source, progress: Progress) -> bytes:
    return word.render(
        source.report, edition=source.edition, issued=source.issued, errata=source.errata,
        errata_since=source.errata_since, digest=source.digest, ledger=source.ledger,
    )  # fmt: skip


PDF = Kind("pdf", "PDF", "印刷と読み上げに", ".pdf", "application/pdf", _pdf)
QUICK = (
    Kind(
        "word", "Word", "決裁に回したり、手を入れたりするとき", ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word,
    ),
    Kind(
        "excel", "Excel", "取組調査票と同じ形の表と、集計のグラフ", ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda source, progress: workbook.render(source.report),
    ),
    Kind(
        "data", "オープンデータ", "CSVとJSON、項目の説明", ".zip", "application/zip",
        lambda source, progress: opendata.render(source.report, edition=source.edition),
    ),
)  # fmt: skip
KINDS = {kind.key: kind for kind in (PDF, *QUICK)}
