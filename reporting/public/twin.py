"""The text twin of the PDF: the same chapters (reporting.pdf.chapters), as plain pages that any reader can read aloud.

What is printed as HTML is read as XML and written again with nothing but words and their structure: charts as the
sentences that read their numbers, the wide tables of initiatives as one list for each initiative.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from xml.etree import ElementTree

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from reporting.errata import errata
from reporting.pdf.chapters import Book, Chapter
from reporting.public.source import Site

NOT_SHOWN = {"cover", "contents", "furniture"}  # of the paper
_LINK = "ayumi:"
_SVG = "{http://www.w3.org/2000/svg}"
_SPACES = re.compile(r"[ \t\n]+")  # not 全角: it is there on purpose
_ELSEWHERE = re.compile(r'href="\.\./[a-z0-9-]+/#')  # as Writer._link writes it; a text has its " escaped
_DEEPEST = 6
_SKIPPED = {"colgroup", "col", "head"}


@dataclass(frozen=True)
class Part:
    """A page of the twin."""

    slug: str
    title: str
    body: SafeString


def parts(site: Site) -> list[Part]:
    """Every part, in the order of the book."""
    chapters = [chapter for chapter in _book(site).chapters() if chapter.template not in NOT_SHOWN]
    pages: dict[str, list[Chapter]] = {}
    for chapter in chapters:
        pages.setdefault(_slug(chapter), []).append(chapter)
    bodies = {slug: [_body(chapter) for chapter in found] for slug, found in pages.items()}
    where = {
        element.get("id"): slug
        for slug, found in bodies.items()
        for body in found
        for element in body.iter()
        if element.get("id")
    }
    tables = count(1)
    return [
        Part(slug, _title(pages[slug], site), join(Writer(slug, where, tables).children(body) for body in found))
        for slug, found in bodies.items()
    ]


def whole(found: list[Part]) -> list[Part]:
    """The parts for one page: what led to another part leads to its place on this page."""
    return [Part(part.slug, part.title, SafeString(_ELSEWHERE.sub('href="#', part.body))) for part in found]


def _book(site: Site) -> Book:
    edition, before = site.edition, site.before
    corrections = errata(before.report, edition.report) if before else ()
    return Book(
        edition.report, edition=edition.label, digest=edition.digest, errata=corrections, errata_since=before.label if before else "",
    )  # fmt: skip


def _slug(chapter: Chapter) -> str:
    """The table of a goal is dealt out over several chapters, the goals' texts over two."""
    if chapter.template == "table":
        return f"table-{chapter.goal.number}"
    return {"low": "ratings", "overall": "front"}.get(chapter.template, chapter.template)


def _title(chapters: list[Chapter], site: Site) -> str:
    chapter = chapters[0]
    if chapter.template == "table":
        terms = site.report.terms
        return f"{terms['goal']}{chapter.goal.number}　{chapter.goal.name}の{terms['initiative']}"
    return chapter.title if chapter.template == "ratings" else chapter.part


def _body(chapter: Chapter) -> ElementTree.Element:
    return ElementTree.fromstring(chapter.markup().partition("<!DOCTYPE html>")[2].strip()).find("body")


def join(pieces) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


class Writer:
    """Writes elements of print as elements of a page. `where`: anchor → the page on which it stands; `tables` counts them."""

    def __init__(self, slug: str, where: dict[str, str], tables: Iterator[int]):
        self.slug, self.where, self.tables = slug, where, tables

    def children(self, parent: ElementTree.Element) -> SafeString:
        return join(self.element(each) for each in parent)

    def element(self, element: ElementTree.Element) -> SafeString | str:
        kind, classes = element.tag, element.get("class", "").split()
        if kind in _SKIPPED:
            return ""
        if kind == f"{_SVG}svg":
            return self._chart(element)
        if re.fullmatch(r"h[1-5]", kind):
            return self._heading(element)
        if kind == "p":
            return self._paragraph(element, classes)
        if kind == "table":
            return self._records(element) if "w" in classes else self._table(element)
        if kind in ("ul", "ol"):
            return format_html(
                "<{0}>{1}</{0}>", kind, join(format_html("<li>{}</li>", self.words(item)) for item in element)
            )
        return self.children(element)

    def _heading(self, element: ElementTree.Element, level: int = 0) -> SafeString:
        level = level or min(int(element.tag[1]) + 1, _DEEPEST)
        name = element.get("id")
        return format_html(
            "<h{0}{1}>{2}</h{0}>", level, format_html(' id="{}"', name) if name else "", self.words(element)
        )

    def _paragraph(self, element: ElementTree.Element, classes: list[str]) -> SafeString | str:
        words = self.words(element, named="fig__l" in classes)
        return format_html("<p>{}</p>", words) if words.strip() else ""

    def _chart(self, element: ElementTree.Element) -> SafeString | str:
        told = [each.text for name in ("title", "desc") if (each := element.find(f"{_SVG}{name}")) is not None]
        return format_html("<p>図「{}」。{}</p>", *told) if len(told) == 2 else ""

    # --- Tables -----------------------------------------------------------------------------------

    def _table(self, element: ElementTree.Element) -> SafeString:
        name = " ".join(_SPACES.sub("", "".join(cell.itertext())) for cell in list(element.iter("th"))[:3])
        rows = join(self._row(row) for row in element.iter("tr"))
        return format_html(
            '<div class="scroll" tabindex="0" role="region" aria-label="表{}：{}"><table class="tbl min-46">{}</table></div>',
            next(self.tables),
            name,
            rows,
        )

    def _row(self, row: ElementTree.Element) -> SafeString:
        cells = join(
            format_html("<{0}{1}>{2}</{0}>", cell.tag, self._kept(cell), self.words(cell))
            for cell in row
            if cell.tag in ("td", "th")
        )
        return format_html("<tr>{}</tr>", cells)

    @staticmethod
    def _kept(cell: ElementTree.Element) -> SafeString:
        kept = [(name, cell.get(name)) for name in ("scope", "colspan", "rowspan") if cell.get(name)]
        return format_html_join("", ' {}="{}"', kept)

    def _records(self, element: ElementTree.Element) -> SafeString:
        """A row of many columns as a heading and its cells by the names of their columns."""
        names = [_SPACES.sub("", "".join(cell.itertext())) for cell in element.find("thead").iter("th")]
        return join(self._record(row, names) for body in element.findall("tbody") for row in body)

    def _record(self, row: ElementTree.Element, names: list[str]) -> SafeString:
        cells = list(row)
        if len(cells) == 1:  # the head of a direction, or a note under a row
            words = self.words(cells[0])
            return format_html("<h4>{}</h4>", words) if cells[0].tag == "th" else format_html("<p>{}</p>", words)
        code, name, *rest = cells
        listed = join(
            format_html("<dt>{}</dt><dd>{}</dd>", label, self.words(cell))
            for label, cell in zip(names[2:], rest, strict=True)
        )
        return format_html(
            '<h5 id="{}">{}　{}</h5><dl class="facts">{}</dl>',
            row.get("id", ""),
            self.words(code),
            self.words(name),
            listed,
        )

    # --- Words ------------------------------------------------------------------------------------

    def words(self, element: ElementTree.Element, *, named: bool = False) -> SafeString:
        """What stands in an element. `named`: a name and, in a span, its value."""
        return join(self._pieces(element, named))

    def _pieces(self, element: ElementTree.Element, named: bool = False) -> Iterator[SafeString | str]:
        yield self._text(element.text)
        for each in element:
            yield self._inline(each, named)
            yield self._text(each.tail)

    @staticmethod
    def _text(text: str | None) -> SafeString:
        return conditional_escape(_SPACES.sub(" ", text or ""))

    def _inline(self, element: ElementTree.Element, named: bool) -> SafeString | str:
        inside = self.words(element)
        if element.tag == "br":
            return SafeString("<br>")
        if element.tag == "a":
            return self._link(element.get("href", ""), inside)
        if element.tag == "b":
            return format_html("<b>{}</b>", inside) if inside.strip() else ""
        if not inside or element.tag != "span":
            return inside
        return format_html("{}{}", "：" if named else "　" if element.get("class") == "count" else "", inside)

    def _link(self, target: str, inside: SafeString) -> SafeString:
        name = target.removeprefix(_LINK)
        page = self.where.get(name)
        if not target.startswith(_LINK) or page is None:
            return inside
        return format_html('<a href="{}#{}">{}</a>', "" if page == self.slug else f"../{page}/", name, inside)
