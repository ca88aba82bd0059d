"""How the document looks: A4, BIZ UDPGothic, real heading styles that its owner may change in one place."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from reporting.pdf import fonts

INK, BLUE = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x00, 0x42, 0x8C)
HEADING_SIZES = (18, 15, 12.5, 11, 10.5, 10.5)
# name: (size, space before, space after, line spacing, left indent mm, hanging mm)
PARAGRAPHS = {
    "本文": (10.5, 0, 4, 1.5, 0, 0),
    "箇条": (10.5, 0, 3, 1.5, 4, 4),
    "注": (9, 0, 2, 1.35, 0, 0),
    "小見出し": (11, 6, 2, 1.3, 0, 0),
    "数字": (10, 2, 4, 1.3, 0, 0),
    "索引": (9.5, 0, 4, 1.5, 0, 0),
    "表紙の文": (12, 4, 8, 1.4, 0, 0),
    "図": (10, 4, 4, 1.0, 0, 0),
    "表の文": (9, 1, 1, 1.25, 0, 0),
    "表の文（小）": (7.5, 1, 1, 1.25, 0, 0),
    "表のあと": (6, 0, 0, 1.0, 0, 0),
}
CONTENTS = "目次"  # with the level behind it
_BOLD = ("小見出し",)


def apply(document: Document) -> None:
    styles = document.styles
    _font(styles["Normal"], 10.5)
    for level, size in enumerate(HEADING_SIZES, 1):
        style = styles[f"Heading {level}"]
        _font(style, size, BLUE if level < 3 else INK, bold=True)
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.keep_with_next = Pt(14 if level < 4 else 8), Pt(4), True
    _font(styles["Title"], 26, INK, bold=True)
    _no_rule(styles["Title"])
    styles["Title"].paragraph_format.space_before = Mm(30)
    for name, (size, before, after, spacing, indent, hanging) in PARAGRAPHS.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.element.set(qn("w:styleId"), name)
        _font(style, size, bold=name in _BOLD)
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), spacing
        shape.left_indent, shape.first_line_indent = Mm(indent), Mm(-hanging)
    for level in (1, 2, 3):
        style = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), f"{CONTENTS}{level}")
        style.base_style = styles["Normal"]
        style.paragraph_format.left_indent = Mm(5 * (level - 1))
        style.paragraph_format.tab_stops.add_tab_stop(Mm(170), alignment=2, leader=1)
        _font(style, 10.5, bold=level == 1)
    styles.element.append(parse_xml(_TABLE_STYLE))


def _font(style, size: float, color: RGBColor = INK, *, bold: bool = False) -> None:
    font = style.font
    font.name, font.size, font.bold, font.color.rgb, font.italic = fonts.FAMILY, Pt(size), bold, color, False
    names = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(names.attrib):  # the themes' fonts would win
        del names.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        names.set(qn(f"w:{script}"), fonts.FAMILY)


def _no_rule(style) -> None:
    for rule in style.element.iter(qn("w:pBdr")):
        rule.getparent().remove(rule)
        return


_TABLE_STYLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Ayumi"><w:name w:val="Ayumi"/><w:tblPr>'
    "<w:tblBorders>"
    + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/>' for side in
              ("top", "left", "bottom", "right", "insideH", "insideV"))
    + '</w:tblBorders><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    "</w:tblPr></w:style>"
)  # fmt: skip
