"""A chapter of the printed report (HTML, read as XML) written into a document.

The templates in templates/reporting/print say what stands where; here is only what each kind of element becomes.
"""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from reporting.word.pictures import Picture, picture
from reporting.word.writer import Cell, Page, Run, Table, Writer, drawn

_SVG = "{http://www.w3.org/2000/svg}svg"
_MM = re.compile(r"width:\s*([\d.]+)mm")
_W = re.compile(r"\bw(\d\d)\b")  # print.css: .w16 is 16 mm wide
_SPACE = re.compile(r"[ \t\n]+")  # not 全角: it is there on purpose
_LINK = "ayumi:"
HEADINGS = {f"h{number}": number for number in range(1, 7)}
BLOCK_STYLES = {"dot": "箇条", "item": "箇条", "sub": "箇条", "note": "注", "foot": "注", "src": "注", "lead": "本文"}
DEEPEST = 6


class Walk:
    """Writes chapters one after the other. entries: anchor → the headings of the contents that begin there."""

    def __init__(self, writer: Writer, entries: dict[str, list[tuple[int, str]]], draw: Callable[[Picture], str]):
        self.writer = writer
        self.entries = entries
        self.draw = draw
        self.page = Page()
        self.level, self.tag = 1, 1  # of the last heading that stands in the contents
        self.new_page = False

    def chapter(self, markup: str, page: Page, *, new_page: bool = True) -> None:
        self.page, self.new_page = page, new_page
        body = etree.fromstring(drawn(markup.partition("<!DOCTYPE html>")[2].strip())).find("body")
        self._children(body)

    # --- Elements ---------------------------------------------------------------------------------

    def _children(self, parent) -> None:
        for element in parent:
            if isinstance(element.tag, str):
                self._element(element)

    def _element(self, element) -> None:
        kind, classes = element.tag, element.get("class", "").split()
        if kind in HEADINGS:
            self._heading(element, classes)
        elif kind == "p":
            self._text(_runs(element), self._style(classes))
        elif kind == "table":
            self._table(element, classes)
        elif kind == _SVG or element.find(_SVG) is not None:
            self._picture(element if kind == _SVG else element.find(_SVG))
        elif "fig" in classes:
            self._figures(element)
        elif kind == "ul":
            self._list(element)
        else:
            self._children(element)

    @staticmethod
    def _style(classes: list[str]) -> str:
        if any(name.startswith("cover__") for name in classes):
            return "表紙の文"
        if "fig__h" in classes:
            return "小見出し"
        return next((BLOCK_STYLES[name] for name in classes if name in BLOCK_STYLES), "本文")

    def _text(self, runs: list[Run], style: str, **more) -> None:
        if runs:
            self.writer.paragraph(runs, style, new_page=self.new_page, **more)
            self.new_page = False

    def _heading(self, element, classes: list[str]) -> None:
        anchor = element.get("id", "")
        if "cover__t" in classes:
            return self._text(_runs(element), "Title")
        if element.get("data-on") is not None and "wh" in classes:
            return None  # the same heading again on a later slice of a table
        *above, own = self.entries.get(anchor) or [(0, "")]
        words = _runs(element)
        for level, title in above:
            if title != _words(words):
                self._text([Run(title)], f"Heading{level}")
        if own[0]:
            self.level, self.tag = own[0], HEADINGS[element.tag]
        steps = 0 if own[0] else max(1, HEADINGS[element.tag] - self.tag)
        style = f"Heading{min(self.level + steps, DEEPEST)}"
        return self._text(words, style, bookmarks=[anchor] if anchor else [])

    def _figures(self, element) -> None:
        """The figures in the margin: headings as such, the rest on one line."""
        told = []
        for each in element:
            if each.tag in HEADINGS:
                self._heading(each, [])
            elif "fig__h" in each.get("class", ""):
                self._text(_runs(each), "小見出し")
            else:
                told.append(_label_and_value(each))
        if told:
            self._text([Run("　".join(told))], "数字")

    def _list(self, element) -> None:
        """The index: number and page of each, in one paragraph."""
        runs: list[Run] = []
        for item in element:
            link = item.find("a")
            anchor = link.get("href").removeprefix(_LINK)
            runs += [Run("　" if runs else ""), Run(_flat(link), anchor=anchor), Run(" "), Run(page_of=anchor)]
        self._text([run for run in runs if run.text or run.page_of], "索引")

    def _picture(self, svg) -> None:
        self.writer.picture(self.draw(picture(etree.tostring(svg, encoding="unicode", with_tail=False))), "図")

    # --- Tables -----------------------------------------------------------------------------------

    def _table(self, element, classes: list[str]) -> None:
        table = Table(self._widths(element), "表の文（小）" if "w" in classes else "表の文")
        for group in element:
            if group.tag == "thead":
                table.head += [self._row(row) for row in group]
            elif group.tag in ("tbody", "tfoot"):
                table.rows += [self._row(row) for row in group]
        if self.new_page:
            self._text([Run("")], "本文")
        self.writer.table(table)

    def _widths(self, element) -> list[float]:
        """As printed; columns without a width share what is left of the page."""
        said = [_width(column) for column in element.iterfind("colgroup/col")]
        left = self.page.text_width - sum(filter(None, said))
        share = max(left, 0) / max(said.count(None), 1)
        widths = [share if width is None else width for width in said]
        return [width * self.page.text_width / sum(widths) for width in widths]

    def _row(self, row) -> list[Cell]:
        cells = [
            Cell(
                _runs(cell, lines=True),
                int(cell.get("colspan", 1)),
                int(cell.get("rowspan", 1)),
                head=cell.tag == "th",
                shaded=cell.get("scope") == "colgroup",
                align=_align(cell),
            )
            for cell in row
        ]
        if row.get("id"):
            cells[0].bookmark = row.get("id")
        return cells


def _align(cell) -> str:
    classes = cell.get("class", "").split()
    return "right" if "n" in classes or "pc" in classes else "center" if "c" in classes else ""


def _width(column) -> float | None:
    if match := _MM.search(column.get("style", "")):
        return float(match[1])
    match = _W.search(column.get("class", ""))
    return float(match[1]) if match else None


# --- Text -------------------------------------------------------------------------------------------


def _pieces(element, bold: bool, anchor: str) -> Iterator[Run]:
    yield Run(element.text or "", bold, anchor)
    for child in element:
        if child.tag == "br":
            yield Run("\n")
        elif isinstance(child.tag, str):
            inner = bold or child.tag == "b" or "r" in child.get("class", "").split()
            yield from _pieces(child, inner, child.get("href", "").removeprefix(_LINK) or anchor)
        yield Run(child.tail or "", bold, anchor)


def _runs(element, *, lines: bool = False) -> list[Run]:
    """The text of an element without the white space around it. lines: line ends in it are its own (in tables, .pre)."""
    keep = lines or "pre" in element.get("class", "").split()
    found = list(_pieces(element, bold=False, anchor=""))
    if not keep:
        found = [
            Run(run.text if run.text == "\n" else _SPACE.sub(" ", run.text), run.bold, run.anchor) for run in found
        ]
    found = [run for run in found if run.text]
    while found and not found[0].text.strip("\n "):
        del found[0]
    while found and not found[-1].text.strip("\n "):
        del found[-1]
    if found:
        found[0] = Run(found[0].text.lstrip("\n "), found[0].bold, found[0].anchor)
        found[-1] = Run(found[-1].text.rstrip("\n "), found[-1].bold, found[-1].anchor)
    return found


def _words(runs: list[Run]) -> str:
    return "".join(run.text for run in runs)


def _flat(element) -> str:
    return _words(_runs(element))


def _label_and_value(element) -> str:
    """「達成率 85％」 of <span>達成率</span>85<small>％</small>, 「取組 36件」 of 取組<span>36件</span>."""
    words = (element.text or "").strip()
    for child in element:
        glue = "" if child.tag == "small" or not words else " "
        words += glue + _flat(child)
        if tail := (child.tail or "").strip():
            words += f" {tail}"
    return words
