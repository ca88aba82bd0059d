"""The report as a Word file: `render(report)` takes the frozen report of a year and gives back bytes.

chapters of reporting.pdf.chapters are the one text of the report: what the PDF prints as HTML is written here with
Word's own headings, tables, fields and pictures, so the two cannot say different things.

walk      a chapter's HTML, element by element
writer    WordprocessingML: paragraphs, tables, fields, sections
pictures  charts (SVG) as pictures
styles    the styles of the document, its page, header and footer
"""


def render(
    report,
    *,
    edition: str = "",
    issued: str = "",
    digest: str = "",
    errata=(),
    errata_since: str = "",
    ledger: str = "",
) -> bytes:
    """The whole report as .docx.

    report: reporting.snapshot.Report. edition (第2版) and issued (令和8年12月) stand on the cover. digest: of the edition
    it is made from, kept in the file's properties, so that a file that comes back is known. errata: what was corrected
    since that edition (reporting.errata). The same report gives the same bytes.
    """
    from reporting.word.build import build

    about = {"errata": errata, "errata_since": errata_since, "ledger": ledger}
    return build(report, edition=edition, issued=issued, digest=digest, **about)
