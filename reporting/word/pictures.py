"""Charts as pictures: Word draws no SVG that older versions open."""

import re
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import unescape

import resvg_py

from reporting.pdf import fonts

DENSITY = 2  # pixels of the picture for one of the chart: sharp on paper
MM_PER_PIXEL = 25.4 / 96
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SIZE = re.compile(r' (?:width|height)="[\d.]+rem"')
_WORDS = re.compile(r"<(?:title|desc)[^>]*>([^<]*)</(?:title|desc)>")


@dataclass(frozen=True)
class Picture:
    png: bytes
    width: float  # mm
    height: float  # mm
    words: str  # what it shows, for those who do not see it


def picture(svg: str) -> Picture:
    """A chart (an <svg> element with a viewBox from 0 0) as PNG."""
    width, height = map(float, _VIEW_BOX.search(svg).groups())
    png = resvg_py.svg_to_bytes(
        svg_string=_SIZE.sub("", svg), width=round(width * DENSITY), background="#ffffff",
        skip_system_fonts=True, font_files=_font_files(), font_family=fonts.FAMILY, sans_serif_family=fonts.FAMILY,
    )  # fmt: skip
    words = "。".join(unescape(each) for each in _WORDS.findall(svg) if each)
    return Picture(bytes(png), width * MM_PER_PIXEL, height * MM_PER_PIXEL, words)


@lru_cache(maxsize=1)
def _font_files() -> list[str]:
    return [str(path) for style in ("Regular", "Bold") if (path := fonts.find(style))]
