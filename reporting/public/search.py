"""Searching the initiatives of editions: full and half width, capitals, ひらがな and カタカナ are alike (parsing.search_form).

An index is made of the frozen report once and kept like a page. So is the page around the results, with holes for
what differs from one search to the next (Shell): a search makes nothing but its few lines.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from html import escape
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from initiatives import parsing
from reporting.public import words
from reporting.public.cache import Shelf, shelf_of
from reporting.public.source import Place, Published, Site, address
from reporting.snapshot import Report

LONGEST = 100  # characters of what is searched for
PER_PAGE = 20
UNRATED = "unrated"
ALL_YEARS = "all"
IN_MEMORY = 24  # indexes and shells
_BETWEEN = "\n"  # a search form holds no white space: nothing is found across two texts


@dataclass(frozen=True)
class Wanted:
    """What is asked for. An unknown value finds nothing, as an unknown word does."""

    q: str = ""
    goal: str = ""
    department: str = ""
    rating: str = ""
    years: str = ""  # ALL_YEARS, or blank for the edition's own
    page: int = 1

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Wanted":
        asked = {name: values.get(name, "").strip() for name in ("q", "goal", "department", "rating", "years")}
        asked["q"] = " ".join(asked["q"].split())[:LONGEST]
        page = values.get("page", "")
        return cls(**asked, page=int(page) if re.fullmatch(r"[1-9][0-9]{0,3}", page) else 1)

    @property
    def is_empty(self) -> bool:
        return not any((self.q, self.goal, self.department, self.rating))

    @property
    def forms(self) -> list[str]:
        return [form for word in self.q.split() if (form := parsing.search_form(word))]

    def query(self, page: int) -> str:
        values = {name: value for name, value in vars(self).items() if value and name != "page"}
        return urlencode(values | ({"page": page} if page > 1 else {}))


# --- The index ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A sentence in which a word may be found: its form for searching, what it is part of (実績), and itself."""

    form: str
    label: str
    words: str


@dataclass(frozen=True)
class Line:
    """An initiative as it is found and listed."""

    goal: int
    departments: tuple[str, ...]
    rating: str
    shown: str  # HTML
    texts: tuple[Text, ...]  # that do not stand in what is shown
    form: str  # of all of it

    def where(self, forms: Sequence[str]) -> Text | None:
        return next((text for text in self.texts if any(form in text.form for form in forms)), None)


def matching(lines: Sequence[Line], wanted: Wanted) -> Sequence[Line]:
    """Those that meet every condition."""
    for form in wanted.forms:
        lines = [line for line in lines if form in line.form]
    if wanted.goal:
        lines = [line for line in lines if str(line.goal) == wanted.goal]
    if wanted.department:
        lines = [line for line in lines if wanted.department in line.departments]
    if wanted.rating:
        lines = [line for line in lines if (line.rating or UNRATED) == wanted.rating]
    return lines


def index(site: Site, edition: Published) -> tuple[Line, ...]:
    """The initiatives of an edition, in plan order."""
    return _index(shelf_of(site), edition, site.pinned and edition is site.edition)


@lru_cache(maxsize=IN_MEMORY)
def _index(shelf: Shelf, edition: Published, pinned: bool) -> tuple[Line, ...]:
    def make() -> str:
        lines = [_line(place, edition, pinned) for place in edition.content.places.values()]
        return json.dumps([astuple(line) for line in lines], ensure_ascii=False)

    kept = shelf.get(f"index {edition.facts} {pinned}", make)
    return tuple(
        Line(goal, tuple(departments), rating, shown, tuple(Text(*text) for text in texts), form)
        for goal, departments, rating, shown, texts, form in json.loads(kept.plain)
    )


def _line(place: Place, edition: Published, pinned: bool) -> Line:
    row = place.row
    texts = tuple(_texts(place, edition.report))
    departments = tuple(dict.fromkeys(owner.department for owner in row.owners))
    told = [
        row.code,
        row.name,
        row.description,
        *departments,
        *(name for owner in row.owners for name in owner.partners),
    ]
    forms = [*map(parsing.search_form, told), *(text.form for text in texts)]
    return Line(
        place.goal.number, departments, row.rating, line_html(place, edition, pinned), texts, _BETWEEN.join(forms)
    )


def line_html(place: Place, edition: Published, pinned: bool) -> str:
    url = address(edition, "initiative", pinned=pinned, code=place.row.code)
    return render_to_string("public/_line.html", {
        "place": place, "row": place.row, "url": url, "owners": words.owners(place.row), "report": edition.report,
        "rating_scale": edition.report.scale,
    }).strip()  # fmt: skip


def _texts(place: Place, report: Report) -> Iterator[Text]:
    row = place.row
    of = (
        (report.fiscal_year_label + "の目標", row.target), ("実績", row.result), ("課題と対応", row.issues),
        ("次年度の目標", row.next_target), ("評価の理由", row.low_rating_reason), ("注", row.note),
        (report.terms["goal"], place.goal.name), (report.terms["policy"], place.policy.name),
    )  # fmt: skip
    for label, text in of:
        for sentence in re.findall(r"[^。\n]+。?", text):
            yield Text(parsing.search_form(sentence), label, sentence.strip())


# --- The page -----------------------------------------------------------------------------------------


class Shell:
    """A page with holes: a template marks them ({{ hole.results }}), `filled` puts HTML in."""

    MARK = "\ufdd0"  # no character at all (Unicode keeps it for a program's own use), so no text has it

    def __init__(self, page: str):
        self.parts = page.split(self.MARK)

    @classmethod
    def hole(cls, name: str) -> SafeString:
        return format_html("{0}{1}{0}", cls.MARK, name)

    def filled(self, values: Mapping[str, str]) -> str:
        """Nothing is put where nothing is given."""
        parts = self.parts.copy()
        parts[1::2] = [values.get(name, "") for name in parts[1::2]]
        return "".join(parts)


class Holes:
    def __getitem__(self, name: str) -> SafeString:
        return Shell.hole(name)


def options(name: str, choices: Iterable[tuple[str, str]]) -> SafeString:
    """<option>s, each with a hole for `selected`."""
    marked = ((value, Shell.hole(f"{name}={value}"), label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


def result_page(site: Site, wanted: Wanted, shell: Shell) -> str:
    editions = site.years if wanted.years == ALL_YEARS else (site.edition,)
    found = [(edition, line) for edition in editions for line in matching(index(site, edition), wanted)]
    page = Paginator(found, PER_PAGE).get_page(wanted.page)
    chosen = {f"{name}={getattr(wanted, name)}": " selected" for name in ("goal", "department", "rating")}
    with_year = len(editions) > 1
    return shell.filled(
        chosen
        | {
            "q": escape(wanted.q),
            "all_years": " checked" if wanted.years == ALL_YEARS else "",
            "heading": escape(_heading(site, wanted, len(found))),
            "results": _results(page.object_list, wanted, with_year),
            "pager": pager(page, wanted.query),
        }
    )


def _heading(site: Site, wanted: Wanted, count: int) -> str:
    term = site.report.terms["initiative"]
    about = f"「{wanted.q}」が出てくる{term}" if wanted.q else f"選んだ条件に合う{term}"
    return f"{about}は{count}件です" if count else f"{about}は見つかりませんでした"


def _results(shown: Sequence[tuple], wanted: Wanted, with_year: bool) -> str:
    if not shown:
        return "<p>ことばを短くするか、条件を減らすと、見つかることがあります。</p>"
    forms = wanted.forms
    return f'<ul class="lines">{"".join(_result(*each, wanted, forms, with_year) for each in shown)}</ul>'


def _result(edition: Published, line: Line, wanted: Wanted, forms: Sequence[str], with_year: bool) -> str:
    year = f'<p class="meta">{edition.year_label}</p>' if with_year else ""
    text = line.where(forms) if forms else None
    found = f'<p class="found"><b>{escape(text.label)}</b>　{_marked(text.words, wanted.q)}</p>' if text else ""
    return f"<li>{year}{line.shown}{found}</li>"


def _marked(text: str, q: str) -> str:
    """The words set off where they stand as they were typed."""
    pieces = re.split(f"({'|'.join(map(re.escape, q.split()))})", text)
    pieces[1::2] = [f"<mark>{escape(piece)}</mark>" for piece in pieces[1::2]]
    pieces[::2] = map(escape, pieces[::2])
    return "".join(pieces)


def pager(page: Page, query: Callable[[int], str]) -> str:
    """Links to the first page, the last, and those around the one that is shown. `query`: of the address of a page."""
    if not page.has_other_pages():
        return ""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = (
        format_html('<a href="?{}">{}</a>', query(number), number)
        if isinstance(number, int) and number != page.number
        else format_html('<span aria-current="page">{}</span>', number)
        if number == page.number
        else format_html("<span>{}</span>", number)
        for number in numbers
    )
    return format_html(
        '<nav class="pager" aria-label="ページ">{}</nav>', format_html_join("", "{}", ((link,) for link in links))
    )
