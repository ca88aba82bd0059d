"""The files of a report beside the PDF: which there are, and how each is made."""

from collections.abc import Callable
from dataclasses import dataclass

from reporting import opendata, word, workbook
from reporting.snapshot import Report


@dataclass(frozen=True)
class Kind:
    """make(report, edition, digest) → bytes. edition: 第2版, "" for a draft; digest: the edition's."""

    key: str
    label: str
    words: str
    extension: str
    content_type: str
    make: Callable[[Report, str, str], bytes]

    def name(self, report: Report, short: str, edition: str = "") -> str:
        return f"{report.plan_name}_推進状況報告書_{short}{edition}{self.extension}"


def _word(report: Report, edition: str, digest: str) -> bytes:
    return word.render(report, edition=edition, digest=digest)


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "word", "Word", "決裁に回したり、手を入れたりするとき", ".docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word,
        ),
        Kind(
            "excel", "Excel", "取組調査票と同じ形の表と、集計のグラフ", ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lambda report, edition, digest: workbook.render(report),
        ),
        Kind(
            "data", "オープンデータ", "CSVとJSON、項目の説明", ".zip", "application/zip",
            lambda report, edition, digest: opendata.render(report, edition=edition),
        ),
    )
}  # fmt: skip
