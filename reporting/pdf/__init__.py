"""The report as a tagged PDF: `render(report)` takes the frozen report of a year and gives back bytes.

chapters  what is printed, as HTML, one document a chapter (Django's templates, autoescaped)
renderer  HTML to PDF by WeasyPrint, in worker processes that may fetch nothing
tidy      what WeasyPrint's tag tree lacks (scope of headers, boxes of figures) or has too much of
store     chapters kept under a key of what they are made of
join      one document: pages, folios, contents, links, bookmarks, tags
fonts     the fonts, and what to do with characters they lack

Nothing of ours is imported here: a worker process imports this package and must not pull in Django.
"""

from collections.abc import Callable
from pathlib import Path

Progress = Callable[[int, str], None]


def render(
    report,
    *,
    cache_dir: Path | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
    edition: str = "",
    issued: str = "",
    excerpt: str = "",
    errata=(),
    errata_since: str = "",
    digest: str = "",
    ledger: str = "",
) -> bytes:
    """The whole report as PDF/UA-1.

    report: reporting.snapshot.Report. cache_dir: where finished chapters are kept (None: nowhere). processes:
    how many render at once (None: one a processor, two at most). progress(percent, what is being done) is called
    in this process. edition (第2版) and issued (令和8年12月) stand on the cover. excerpt: what an
    excerpt (reporting.excerpt) is about. errata: what was corrected since that edition (reporting.errata), printed behind
    the contents. digest: of the edition, and ledger: where it stands there, are printed at the end. The same report gives the same bytes.
    """
    from reporting.pdf.build import Build

    return Build(
        report, cache_dir=cache_dir, processes=processes, progress=progress,
        about={
            "edition": edition, "issued": issued, "excerpt": excerpt, "errata": errata, "errata_since": errata_since,
            "digest": digest, "ledger": ledger,
        },
    ).run()  # fmt: skip
