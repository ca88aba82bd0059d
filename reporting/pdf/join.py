"""Chapters to one document: pages, stamped folios and running heads, contents, links, bookmarks, tags.

Joining PDF files as such drops the tag tree and the links. Here each chapter's tree is carried over with its pages:
the numbers by which pages refer to it (StructParents) are dealt out anew, and all chapters hang under one Document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Page, Pdf, String

from reporting.pdf.parcel import Rendered

SCHEME = "ayumi:"  # links between chapters: href="ayumi:anchor"
MM = 72 / 25.4
DIGIT_WIDTH = 4.7  # points; figures of Ayumi Latin are equally wide
FOLIO = {False: (20 * MM, 8.3 * MM), True: (13 * MM, 5.8 * MM)}  # from the right and lower edge, portrait and wide


@dataclass(frozen=True)
class Piece:
    chapter: object  # reporting.pdf.chapters.Chapter
    made: Rendered


@dataclass(frozen=True)
class Place:
    page: int  # index
    y: float


def join(pieces: Sequence[Piece], furniture: Rendered, book) -> bytes:
    whole = Pdf.new()
    sources = [Pdf.open(BytesIO(piece.made.pdf)) for piece in pieces]
    starts = _add_pages(whole, sources)
    _add_tags(whole, sources, starts)
    places, titles = _places(pieces, starts), _titles(book)
    _link(whole, places, titles)
    _stamp(whole, pieces, starts, furniture)
    _outline(whole, pieces, starts)
    _describe(whole, book)
    target = BytesIO()
    # deterministic_id: the same report gives the same bytes.
    whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return target.getvalue()


def _add_pages(whole: Pdf, sources: Sequence[Pdf]) -> list[int]:
    """Index of each source's first page."""
    starts = []
    for source in sources:
        starts.append(len(whole.pages))
        whole.pages.extend(source.pages)
    return starts


# ── tags ────────────────────────────────────────────────────────────────────────────────────────────


def _add_tags(whole: Pdf, sources: Sequence[Pdf], starts: Sequence[int]) -> None:
    root = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = whole.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
    numbers, free = Array(), 0
    for source, start in zip(sources, starts, strict=True):
        # Pages first, tree after: the tree's references to pages then lead to the copied pages.
        tree = whole.copy_foreign(source.Root.StructTreeRoot)
        for element in tree.K[0].K:
            element.P = document
            document.K.append(element)
        parents = tree.ParentTree.Nums
        for place in range(0, len(parents), 2):
            numbers.extend([int(parents[place]) + free, parents[place + 1]])
        _renumber(whole.pages[start : start + len(source.pages)], free)
        free += len(parents) // 2
    root.K = Array([document])
    root.ParentTree = whole.make_indirect(Dictionary(Nums=numbers))
    root.ParentTreeNextKey = free
    whole.Root.StructTreeRoot = root
    whole.Root.MarkInfo = Dictionary(Marked=True)


def _renumber(pages: Sequence[Page], offset: int) -> None:
    for page in pages:
        page.obj.StructParents = int(page.obj.StructParents) + offset
        for annotation in page.obj.get("/Annots", ()):
            if "/StructParent" in annotation:
                annotation.StructParent = int(annotation.StructParent) + offset


# ── links ───────────────────────────────────────────────────────────────────────────────────────────


def _places(pieces: Sequence[Piece], starts: Sequence[int]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for piece, start in zip(pieces, starts, strict=True):
        for name, (page, y) in piece.made.anchors.items():
            places.setdefault(name, Place(start + page, y))
    return places


def _titles(book) -> dict[str, str]:
    titles = {entry.anchor: entry.title for entry in reversed(book.entries)}
    return titles | {f"r-{row.code}": f"{row.code}　{row.name}" for row in book.report.rows}


def _link(whole: Pdf, places: dict[str, Place], titles: dict[str, str]) -> None:
    used = set()
    for page in whole.pages:
        for annotation in page.obj.get("/Annots", ()):
            target = str(annotation.get("/A", {}).get("/URI", ""))
            if not target.startswith(SCHEME):
                continue
            name = target.removeprefix(SCHEME)
            del annotation["/A"]
            if name in places:
                annotation.Dest = String(name)
                annotation.Contents = String(f"{titles.get(name, name)}（{places[name].page + 1}ページ）")
                used.add(name)
    names = Array()
    for name in sorted(used, key=lambda name: name.encode()):
        names.extend([String(name), _destination(whole, places[name])])
    if len(names):
        whole.Root.Names = Dictionary(Dests=Dictionary(Names=names))


def _destination(whole: Pdf, place: Place) -> Array:
    return Array([whole.pages[place.page].obj, Name.XYZ, 0, place.y, 0])


def _outline(whole: Pdf, pieces: Sequence[Piece], starts: Sequence[int]) -> None:
    """Parts, chapters, policies, directions, initiatives; open to the chapters."""
    part = None
    open_items: list[tuple[int, OutlineItem]] = []
    with whole.open_outline() as outline:
        for piece, start in zip(pieces, starts, strict=True):
            marks = list(piece.made.bookmarks)
            if piece.chapter.part != part:
                part = piece.chapter.part
                top = float(whole.pages[start].obj.MediaBox[3])
                marks = [(1, part, 0, top), *(mark for mark in marks if mark[1] != part)]
            for level, label, page, y in marks:
                destination = _destination(whole, Place(start + page, y))
                item = OutlineItem(label, destination)
                item.is_closed = level > 1
                while open_items and open_items[-1][0] >= level:
                    open_items.pop()
                (open_items[-1][1].children if open_items else outline.root).append(item)
                open_items.append((level, item))


# ── folios ──────────────────────────────────────────────────────────────────────────────────────────


def _stamp(whole: Pdf, pieces: Sequence[Piece], starts: Sequence[int], furniture: Rendered) -> None:
    """Running heads, folio and edge tab on every page but the cover, as artifacts that no reader speaks."""
    with Pdf.open(BytesIO(furniture.pdf)) as drawn:
        forms = [whole.copy_foreign(page.as_form_xobject()) for page in drawn.pages]
    digits, first = forms[-10:], 0
    for piece, start in zip(pieces, starts, strict=True):
        heads = piece.chapter.heads
        frames = forms[first : first + len(heads)]
        first += len(heads)
        begins = [piece.made.anchors.get(anchor, (0, 0.0))[0] for anchor, _ in heads]
        for index in range(piece.made.pages):
            page = whole.pages[start + index]
            # WeasyPrint leaves its own coordinates behind at the end of a page.
            page.contents_add(b"q\n", prepend=True)
            frame = max(place for place, begin in enumerate(begins) if begin <= index or place == 0)
            drawing = (
                b"" if piece.chapter.key == "cover" else _drawn(page, start + index + 1, frame, piece.chapter.wide)
            )
            page.contents_add(b"\nQ\n" + drawing)
        _resources(whole.pages[start], frames, digits)


def _resources(page: Page, frames: Sequence[Object], digits: Sequence[Object]) -> None:
    """Names for the frames and the digits. The pages of a chapter share one dictionary of resources."""
    resources = page.obj.Resources
    if "/XObject" not in resources:
        resources.XObject = Dictionary()
    for number, frame in enumerate(frames):
        resources.XObject[f"/AyumiFrame{number}"] = frame
    for number, digit in enumerate(digits):
        resources.XObject[f"/AyumiDigit{number}"] = digit


def _drawn(page: Page, number: int, frame: int, wide: bool) -> bytes:
    right, low = FOLIO[wide]
    width = float(page.obj.MediaBox[2])
    lines = ["/Artifact <</Type /Pagination>> BDC", f"q /AyumiFrame{frame} Do Q"]
    text = str(number)
    for place, char in enumerate(text):
        x = width - right - DIGIT_WIDTH * (len(text) - place)
        lines.append(f"q 1 0 0 1 {x:.2f} {low:.2f} cm /AyumiDigit{char} Do Q")
    return "\n".join([*lines, "EMC\n"]).encode()


# ── document ────────────────────────────────────────────────────────────────────────────────────────


def _describe(whole: Pdf, book) -> None:
    whole.Root.Lang = String("ja")
    whole.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    whole.Root.PageMode = Name.UseOutlines
    with whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as meta:
        meta["dc:title"] = book.title
        meta["dc:language"] = ["ja"]
        meta["dc:creator"] = [book.report.publisher or book.report.city_name]
        meta["pdfuaid:part"] = "1"
