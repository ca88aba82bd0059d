"""What WeasyPrint's tag tree needs before it may be called accessible, done on its objects before they are written.

- TH gets its Scope (PDF/UA-1, 7.5); Headers and IDs go, because the pieces of a table that runs over pages repeat them.
- A figure's box is given in the page's own coordinates; WeasyPrint gives it in CSS pixels from the top.
- A line of text is no element of its own: lines belong to the paragraph or cell they stand in. This takes away nine
  elements of ten, so a chapter is smaller and is joined faster.
"""

import pydyf

POINTS = 0.75
WRAPPERS = (b"/Span", b"/NonStruct")
CONTENTS_TAGS = {b"/L": "/TOC", b"/LI": "/TOCI", b"/LBody": "/Reference"}


def _name(value) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class _Tree:
    def __init__(self, pdf: pydyf.PDF):
        self.by_reference = {item.reference: item for item in pdf.objects}
        self.root = self.by_reference[pdf.catalog["StructTreeRoot"]]

    def element(self, kid) -> dict | None:
        """The structure element behind a kid; None for marked content and for a reference to an annotation."""
        item = self.by_reference.get(kid) if isinstance(kid, bytes) else None
        return item if item is not None and item.get("Type") == "/StructElem" else None


def tidy(pdf: pydyf.PDF, *, contents: bool = False) -> None:
    tree = _Tree(pdf)
    heights = {reference: pdf.objects[int(reference.split()[0])]["MediaBox"][3] for reference in pdf.page_references}
    moved: dict[bytes, bytes] = {}  # line element → element that took its content over
    for kid in tree.root["K"]:
        _visit(tree, tree.element(kid), "", heights, moved)
        if contents:
            _retag(tree, tree.element(kid))
    for entry in tree.by_reference[tree.root["ParentTree"]]["Nums"][1::2]:
        if isinstance(entry, list):
            entry[:] = [_home(reference, moved) for reference in entry]


def _home(reference: bytes, moved: dict[bytes, bytes]) -> bytes:
    while reference in moved:
        reference = moved[reference]
    return reference


def _visit(tree: _Tree, element: dict, section: str, heights: dict, moved: dict) -> None:
    tag = _name(element["S"])
    if tag == b"/TH" or tag == b"/TD":
        _cell(element, tag, section)
    elif tag == b"/Figure" and "A" in element:
        _figure(element, heights)
    elif tag in (b"/THead", b"/TBody", b"/TFoot"):
        section = tag
    kids = pydyf.Array()
    for kid in element["K"]:
        child = tree.element(kid)
        if child is None:
            kids.append(kid)
            continue
        _visit(tree, child, section, heights, moved)
        if _name(child["S"]) in WRAPPERS and all(isinstance(inner, int) for inner in child["K"]):
            kids.extend(child["K"])
            moved[kid] = element.reference
            child.clear()
        else:
            kids.append(kid)
    element["K"] = kids


def _cell(element: dict, tag: bytes, section) -> None:
    element.pop("ID", None)
    attributes = element["A"]
    attributes.pop("Headers", None)
    if tag == b"/TH":
        # A header that spans the table heads the columns below it (a group's title).
        over_columns = section == b"/THead" or attributes.get("ColSpan", 1) > 2
        attributes["Scope"] = "/Column" if over_columns else "/Row"
    elif len(attributes) == 1:
        del element["A"]


def _figure(element: dict, heights: dict) -> None:
    x1, y1, x2, y2 = element["A"]["BBox"]
    top = heights[element["Pg"]]
    element["A"]["BBox"] = pydyf.Array((x1 * POINTS, top - y2 * POINTS, x2 * POINTS, top - y1 * POINTS))


def _retag(tree: _Tree, element: dict) -> None:
    element["S"] = CONTENTS_TAGS.get(_name(element["S"]), element["S"])
    for kid in element["K"]:
        child = tree.element(kid)
        if child is not None:
            _retag(tree, child)
