"""One chapter: HTML and CSS to PDF, in a worker process.

Imports neither Django nor our models: a worker starts in a second and holds one chapter at a time. It can fetch
nothing: whatever a person typed, no address in it is ever opened.
"""

from functools import lru_cache
from io import BytesIO
from xml.etree import ElementTree

from cssselect2 import ElementWrapper
from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint.html import UA, UA_COUNTER_STYLE
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reporting.pdf.fonts import LATIN
from reporting.pdf.parcel import Rendered, Task
from reporting.pdf.tidy import tidy

POINTS = 0.75  # PDF points in a CSS pixel


class ForbiddenFetch(RuntimeError):
    """A document asked for something outside itself."""


class DenyAll(URLFetcher):
    """Hands out our own two fonts by name and refuses everything else."""

    refused: str = ""

    def fetch(self, url, headers=None):
        if url in LATIN:
            return URLFetcherResponse(url, LATIN[url].read_bytes(), {"Content-Type": "font/ttf"})
        self.refused = url
        raise ForbiddenFetch(url)


class Markup(HTML):
    """A document of our own templates, which are XML. The parser for any HTML of the world takes 5 % of the time."""

    def __init__(self, text: str, fetcher: URLFetcher):
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.etree_element = ElementTree.fromstring(text)
        self.wrapper_element = ElementWrapper.from_html_root(self.etree_element, content_language=None)

    def _ua_stylesheets(self, forms=False):
        return [_plain_defaults()]


@lru_cache(maxsize=1)
def _plain_defaults() -> CSS:
    """WeasyPrint's own stylesheet less its rules for footnotes and markers of lists, which we do not have.

    Those six hold for every element there is, so that six styles more are worked out for each: a tenth of the time.
    """
    rules = [line for line in UA.splitlines() if not line.startswith("::")]
    return CSS(string="\n".join(rules), counter_style=UA_COUNTER_STYLE.copy())


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=4)
def _stylesheet(css: str) -> CSS:
    return CSS(string=css, url_fetcher=DenyAll(), font_config=_fonts())


def render(task: Task) -> bytes:
    """The chapter, packed (see Rendered.pack)."""
    fetcher = DenyAll()
    source = Markup(task.html, fetcher)
    options = DEFAULT_OPTIONS | {"stylesheets": [_stylesheet(task.css)]}
    if task.tagged:
        options["pdf_variant"] = "pdf/ua-1"
    document = source.render(font_config=_fonts(), **options)
    if fetcher.refused:
        raise ForbiddenFetch(fetcher.refused)
    finisher = (lambda made, pdf: tidy(pdf, contents=task.contents)) if task.tagged else None
    target = BytesIO()
    document.write_pdf(target, finisher=finisher, **options)
    return Rendered(target.getvalue(), len(document.pages), *_places(document)).pack()


def _places(document) -> tuple[dict, list]:
    anchors: dict[str, tuple[int, float]] = {}
    bookmarks: dict[tuple[int, str], tuple] = {}
    for index, page in enumerate(document.pages):
        for name, box in page.anchors.items():
            anchors.setdefault(name, (index, round((page.height - box[1]) * POINTS, 1)))
        for level, label, (_, y), _ in page.bookmarks:
            # A row that goes on over the page brings its bookmark again.
            bookmarks.setdefault((level, label), (level, label, index, round((page.height - y) * POINTS, 1)))
    return anchors, list(bookmarks.values())
