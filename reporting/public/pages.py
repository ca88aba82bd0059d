"""What stands on each page of an edition. Every function takes a Site and gives HTML; what is not there is NotThere."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape

from indicators import charts
from indicators import pages as indicator_pages
from indicators import words as indicator_words
from initiatives import fiscal_year as fy
from initiatives import parsing
from reporting import easy, opendata
from reporting.errata import errata
from reporting.low_ratings import low_ratings
from reporting.models import Chapter
from reporting.opinion_table import counts, published_by_goal
from reporting.public import files, history, metadata, search, source, twin, words
from reporting.public.answers import NotThere
from reporting.public.cache import Shelf, shelf_of
from reporting.public.metadata import absolute
from reporting.public.source import Content, Place, Published, Site, address
from reporting.snapshot import Goal, Indicator, Report, Row, Section

WIDE, NARROW = 656, 340  # of a bar in the list of goals
TEXT = 16
LATE_SHOWN = 4
# Offered below the search field where the edition has them.
EVERYDAY = (
    "相談", "子育て", "介護", "防災", "ケアラー", "障害", "働く", "認知症", "住まい", "見守り", "外国", "ボランティア",
)  # fmt: skip
OFFERED = 7


def render(
    site: Site, template: str, title: str, description: str, *, page: str, about: dict | None = None, **more
) -> str:
    """A page of the site with everything that all pages have. `page` and `about`: its address."""
    context = {
        "site": site,
        "edition": site.edition,
        "report": site.report,
        "terms": site.report.terms,
        "rating_scale": site.report.scale,
        "meta": metadata.meta(site, title, description, page, **(about or {})),
        "site_name": metadata.site_name(site),
        "plan_short": words.plan_short(site.report),
        "published_on": day_of(site.edition),
        "older": site.before,
        "nav": nav(site, page),
        "newest_url": address(site.newest, "overview"),
    }
    return render_to_string(f"public/{template}.html", context | more)


def nav(site: Site, here: str) -> list[tuple[str, str, bool]]:
    """The pages that every page leads to: name, words, whether this page belongs to it."""
    terms = site.report.terms
    found = (
        (("goal_list", "goal"), f"{len(site.report.goals)}つの{terms['goal']}"),
        (("indicator_list", "indicator"), "成果指標"),
        (("initiative_list", "initiative"), f"{terms['initiative']}をさがす"),
        (("downloads", "edition_list", "changes", "text_list", "text"), "報告書とデータ"),
    )
    own = (("easy",), "やさしい日本語")
    every = (*found, own) if easy_section(site.report) else found
    return [(names[0], words, here in names) for names, words in every]


def day_of(edition: Published) -> str:
    """令和8年12月11日, on which it was published."""
    return fy.date_label(timezone.localtime(edition.published_at).date())


def plan_list(newest: Sequence[Published]) -> str:
    """The plans of a city that has published of several, the latest plan first."""
    plans = [
        (
            each.report.plan_name,
            words.headline(each.report.tally, each.report),
            each.year_label,
            address(each, "overview"),
        )
        for each in sorted(newest, key=lambda each: (-each.report.first_year, each.plan))
    ]
    return render_to_string("public/plan_list.html", {"plans": plans, "city": newest[0].report.city_name})


# --- Overview -----------------------------------------------------------------------------------------


def overview(site: Site) -> str:
    report = site.report
    low = low_ratings(report).low
    featured = words.featured(report)
    return render(
        site, "overview", "", words.purpose(report), page="overview",
        heading=words.headline(report.tally, report),
        lead=words.purpose(report),
        period=words.period(report),
        offered=offered(site.content),
        steps=steps(site),
        goals=[_goal_bar(goal, site) for goal in report.goals],
        points=words.points_words(report),
        years=words.years_finding([each.report for each in site.years]),
        years_wide=history.rating_chart(site, "yw", width=900, text=TEXT),
        years_narrow=history.rating_chart(site, "yn", width=NARROW, above=True, text=TEXT),
        featured=featured and _indicator(featured, site),
        late=[(each.row, words.reason(each.row)) for each in sorted(low, key=lambda each: _rank(each.row, site), reverse=True)[:LATE_SHOWN]],
        late_count=len(low),
        quotation=words.quotation(report.committee_review), files=files.offered(site), licence=opendata.licence(),
    )  # fmt: skip


def offered(content: Content) -> list[str]:
    """Everyday words that the edition has, those in most initiatives first."""
    forms = {word: parsing.search_form(word) for word in EVERYDAY}
    texts = [parsing.search_form(f"{place.row.name}{place.row.description}") for place in content.places.values()]
    counted = {word: sum(form in text for text in texts) for word, form in forms.items()}
    return sorted((word for word in EVERYDAY if counted[word]), key=lambda word: -counted[word])[:OFFERED]


def steps(site: Site) -> list[tuple]:
    """The scale: each step with its meaning and its range, in words."""
    return [(step, step.definition.rstrip("。"), words.scale_words(step, site.report)) for step in site.report.scale]


def _rank(row: Row, site: Site) -> int:
    return next((step.rank for step in site.report.scale if step.letter == row.rating), 0)


def _goal_bar(goal: Goal, site: Site) -> dict:
    title = f"{site.report.terms['goal']}{goal.number} {goal.name}の評価の内訳"
    return {"goal": goal, **bars(f"g{goal.number}", title, [(goal.name, goal.tally.ratings)], site)}


def bars(uid: str, title: str, rows: Sequence[tuple], site: Site) -> dict:
    """Stacked bars for wide and for narrow screens, without labels: those stand in the page."""
    drawn = {"scale": site.report.scale, "labels": False, "text": TEXT}
    return {
        "wide": charts.rating_rows(f"{uid}w", title, rows, width=WIDE, bar_height=32, **drawn),
        "narrow": charts.rating_rows(f"{uid}n", title, rows, width=NARROW, bar_height=30, **drawn),
    }


# --- Goals --------------------------------------------------------------------------------------------


def goal_list(site: Site) -> str:
    report = site.report
    title = f"{len(report.goals)}の{report.terms['goal']}"
    return render(
        site, "goal_list", title, words.headline(report.tally, report), page="goal_list",
        heading=words.headline(report.tally, report), low=words.low_words(report.tally, report),
        steps=steps(site), goals=[_goal_bar(goal, site) for goal in report.goals], points=words.points_words(report),
        departments=report.departments, snippet=snippet(site, title, 760, "embed_goals"),
    )  # fmt: skip


def goal(site: Site, goal: int) -> str:
    found = site.content.goals.get(goal)
    if found is None:
        raise NotThere
    report = site.report
    name = f"{report.terms['goal']}{found.number} {found.name}"
    heading = words.headline(found.tally, report)
    title = f"{name}の評価の内訳"
    return render(
        site, "goal", name, f"{name}。{heading}。{found.overview}", page="goal", about={"goal": goal},
        goal=found, name=name, heading=heading, low=words.low_words(found.tally, report), steps=steps(site),
        overview=lines(found.overview),
        chart=bars("g", title, [(name, found.tally.ratings)], site),
        policies=[
            {"policy": policy, "bars": bars(f"p{policy.code}", f"{policy.name}の評価の内訳", [("", policy.tally.ratings)], site)}
            for policy in found.policies
        ],
        indicators=[_short(each, site) for each in _indicators_of(found, site.content)],
        previous=site.content.goals.get(goal - 1), following=site.content.goals.get(goal + 1),
    )  # fmt: skip


def lines(text: str) -> list[str]:
    return [line for line in (each.strip().lstrip("・") for each in text.splitlines()) if line]


def _indicators_of(goal: Goal, content: Content) -> list[Indicator]:
    return [content.indicators[code] for code in goal.indicator_codes if code in content.indicators]


# --- Indicators ---------------------------------------------------------------------------------------


def indicator_list(site: Site) -> str:
    report = site.report
    heading = words.indicator_headline(report)
    return render(
        site, "indicator_list", "成果指標", heading, page="indicator_list", heading=heading, steps=steps(site),
        indicators=[_short(each, site) for each in report.indicators],
        counts=[(step, report.indicator_ratings.get(step.letter, 0)) for step in report.scale],
    )  # fmt: skip


def indicator(site: Site, code: str) -> str:
    found = site.content.indicators.get(code)
    if found is None:
        raise NotThere
    shown = _indicator(found, site)
    return render(
        site, "indicator", found.name, shown["finding"], page="indicator", about={"code": code}, steps=steps(site),
        goals=[site.content.goals[number] for number in found.goal_numbers if number in site.content.goals],
        snippet=snippet(site, found.name, 560, "embed_indicator", code=code), **shown,
    )  # fmt: skip


def _short(indicator: Indicator, site: Site) -> dict:
    """A line of a table of indicators."""
    year = indicator.year(site.edition.year)
    return {
        "indicator": indicator,
        "year": year,
        "actual": year and indicator_words.actual(indicator, year),
        "target": year and indicator_words.target(indicator, year),
        "rate": year and indicator_words.rate(year),
        "change": indicator_words.short_change(indicator, site.edition.year),
    }


def _indicator(indicator: Indicator, site: Site) -> dict:
    """An indicator with its chart, its table, and how its figures came to be."""
    now = indicator.year(site.edition.year)
    report = site.report

    def amount(value, unit: str = indicator.unit, decimals: int = indicator.decimals) -> str:
        return indicator_words.amount(value, unit, decimals)

    return {
        "series": indicator,
        "now": now,
        "finding": words.finding(indicator, site.edition.year),
        "charts": indicator_pages.drawings(indicator, text=TEXT, width=700, as_of=site.edition.year),
        "columns": [indicator_pages.column(indicator, year) for year in indicator.years],
        "baseline": amount(indicator.baseline),
        "baseline_numerator": amount(indicator.baseline_numerator, indicator.numerator_unit, 0),
        "baseline_denominator": amount(indicator.baseline_denominator, indicator.denominator_unit, 0),
        "calculation": now and indicator_words.calculation_of(indicator, now),
        "proration": now and indicator_words.proration_of(indicator, now, report.baseline_year),
        "recorded": fy.date_label(now.recorded_on) if now and now.recorded_on else "",
        "rules": indicator_words.rules(indicator),
        "overrides": [
            (fy.label(year.fiscal_year), indicator_words.override_of(year)) for year in indicator.years if year.is_overridden
        ],
        "origin": indicator.source.removeprefix("出典"),
    }  # fmt: skip


# --- Initiatives --------------------------------------------------------------------------------------


def _initiative_shell(site: Site) -> str:
    """The list and the search of initiatives, with holes."""
    report = site.report
    goals = [(str(goal.number), f"{report.terms['goal']}{goal.number}　{goal.name}") for goal in report.goals]
    ratings = [(step.letter, f"{step.letter}　{step.definition}") for step in report.scale]
    departments = [(each.department, each.department) for each in report.departments]
    term = report.terms["initiative"]
    return render(
        site, "initiative_list", f"{term}をさがす", f"{report.tally.count}の{term}を、ことば、担当課、評価、{report.terms['goal']}からさがせます。",
        page="initiative_list", hole=search.Holes(), offered=offered(site.content),
        goal_options=search.options("goal", goals),
        rating_options=search.options("rating", [*ratings, (search.UNRATED, "まだ評価がない")]),
        department_options=search.options("department", departments),
        has_years=len(site.years) > 1, longest=search.LONGEST,
    )  # fmt: skip


@lru_cache(maxsize=search.IN_MEMORY)
def _shell(shelf: Shelf, site: Site) -> search.Shell:
    """Of the edition; its other editions are in the key of the shelf."""
    kept = shelf.get(f"shell {site.edition.facts} {site.pinned}", lambda: _initiative_shell(site))
    return search.Shell(kept.plain.decode())


def initiatives_found(site: Site, wanted: search.Wanted) -> str:
    """The list, narrowed. The one page that is made anew for each request."""
    return search.result_page(site, wanted, _shell(shelf_of(site), site))


def initiative_list(site: Site) -> str:
    """Every initiative, under its goal and policy."""
    report = site.report
    results = render_to_string(
        "public/_all_initiatives.html",
        {"report": report, "terms": report.terms, "site": site, "lines": _lines(site)},
    )
    heading = f"{report.tally.count}の{report.terms['initiative']}"
    return _shell(shelf_of(site), site).filled({"heading": heading, "results": results})


def _lines(site: Site) -> dict[str, str]:
    made = (search.line_html(place, site.edition, site.pinned) for place in site.content.places.values())
    return dict(zip(site.content.places, made, strict=True))


def initiative(site: Site, code: str) -> str:
    place = site.content.places.get(code)
    if place is None:
        raise NotThere
    row, report = place.row, site.report
    codes = list(site.content.places)
    at = codes.index(code)
    original = site.content.places.get(row.original_code)
    years = history.of_initiative(site, code)
    step = next((step for step in report.scale if step.letter == row.rating), None)
    return render(
        site, "initiative", f"{row.code} {row.name}", f"{row.description} {row.result}", page="initiative",
        about={"code": code}, place=place, row=row, step=step, years=years, original=original,
        parts=[part for part in row.parts if part.result or part.issues], is_joint=len(row.parts) > 1,
        listings=[each for each in site.content.places.values() if each.row.original_code == code],
        previous=_neighbour(site, codes, at - 1), following=_neighbour(site, codes, at + 1),
        next_label=fy.label(site.edition.year + 1), opinions=[each for each in report.opinions if each.code == code],
    )  # fmt: skip


def _neighbour(site: Site, codes: Sequence[str], at: int) -> Place | None:
    return site.content.places[codes[at]] if 0 <= at < len(codes) else None


def low_rating_list(site: Site) -> str:
    found = low_ratings(site.report)
    return render(
        site, "low_rating_list", found.title, found.finding, page="low_rating_list", found=found,
        places=site.content.places,
    )  # fmt: skip


# --- The committee ------------------------------------------------------------------------------------


def committee(site: Site) -> str:
    """What the committee said, and what the city answers."""
    report = site.report
    reviews = [(review, goal) for goal in report.goals if (review := goal.committee_review) and review.text.strip()]
    overall = report.committee_review
    if overall and not overall.text.strip():
        overall = None
    name = report.committee_name or "推進委員会"
    return render(
        site, "committee", f"{name}の講評と意見", words.quotation(overall) or f"{name}の講評と、市の考え方です。", page="committee",
        name=name, overall=overall, reviews=reviews, opinions=published_by_goal(report), counts=counts(report),
        places=site.content.places,
    )  # fmt: skip


def easy_summary(site: Site) -> str:
    """The report in やさしい日本語, where the city wrote it."""
    section = easy_section(site.report)
    if section is None:
        raise NotThere
    text = easy.plain(section.text)
    return render(
        site, "easy", "やさしい日本語で読む", words.description(text), page="easy", blocks=easy.blocks(section.text)
    )  # fmt: skip


def easy_section(report: Report) -> Section | None:
    section = report.sections.get(Chapter.Kind.EASY)
    return section if section and section.text.strip() else None


# --- Files and editions -------------------------------------------------------------------------------


def downloads(site: Site) -> str:
    return render(
        site, "downloads", "報告書とデータ", f"{site.report.title}のファイルとオープンデータ。", page="downloads",
        files=files.offered(site), tables=files.tables(site), licence=opendata.licence(),
    )  # fmt: skip


def edition_list(site: Site) -> str:
    """Every public year and edition, and what the editions of this year changed."""
    years = [
        [each for each in site.editions if each.year == newest.year]
        for newest in Site(site.editions[0], site.editions, False).years
    ]
    return render(
        site, "edition_list", "これまでの報告書", f"{site.report.plan_name}の、これまでに公表した報告書。", page="edition_list",
        years=[(found[0], [_edition(site, each) for each in found]) for found in years],
    )  # fmt: skip


def _edition(site: Site, edition: Published) -> dict:
    before = source.before(edition, site.editions)
    return {
        "edition": edition,
        "day": day_of(edition),
        "url": address(edition, "overview", pinned=True),
        "before": before,
        "changes_url": before and address(edition, "changes", pinned=True),
    }


def changes(site: Site) -> str:
    """正誤: what this edition says otherwise than the public one before it."""
    before = site.before
    if before is None:
        raise NotThere
    found = errata(before.report, site.report)
    parts = [(part, list(lines)) for part, lines in groupby(found, key=lambda line: line.part)]
    return render(
        site, "changes", f"{before.label}から変わったところ", f"{before.label}と{site.edition.label}で違うところ、{len(found)}か所。",
        page="changes", before=before, count=len(found), parts=parts, places=site.content.places,
        before_url=address(before, "overview", pinned=True),
    )  # fmt: skip


# --- The whole report as text -------------------------------------------------------------------------

WHOLE = "all"


def text_list(site: Site) -> str:
    return render(
        site, "text_list", "報告書を文字で読む", f"{site.report.title}を、読み上げやすい文字のページで読めます。", page="text_list",
        parts=twin.parts(site),
    )  # fmt: skip


def text(site: Site, part: str) -> str:
    """A part of the report, or all of it on one page."""
    found = twin.parts(site)
    if part == WHOLE:
        return _text(site, part, f"{site.report.title}（文字で読む）", twin.whole(found))
    at = next((at for at, each in enumerate(found) if each.slug == part), None)
    if at is None:
        raise NotThere
    return _text(site, part, found[at].title, [found[at]], following=found[at + 1] if at + 1 < len(found) else None)


def _text(site: Site, part: str, title: str, parts: list[twin.Part], **more) -> str:
    return render(
        site, "text", title, f"{site.report.title}の「{title}」。", page="text", about={"part": part},
        heading=title, parts=parts, **more,
    )  # fmt: skip


# --- Charts for other sites ---------------------------------------------------------------------------


def embed_goals(site: Site) -> str:
    report = site.report
    return render(
        site, "embed_goals", f"{len(report.goals)}つの{report.terms['goal']}の進み具合", words.headline(report.tally, report),
        page="embed_goals", heading=words.headline(report.tally, report), steps=steps(site),
        goals=[_goal_bar(goal, site) for goal in report.goals], whole=absolute(site.address("overview")),
    )  # fmt: skip


def embed_indicator(site: Site, code: str) -> str:
    found = site.content.indicators.get(code)
    if found is None:
        raise NotThere
    shown = _indicator(found, site)
    return render(
        site, "embed_indicator", found.name, shown["finding"], page="embed_indicator", about={"code": code},
        whole=absolute(site.address("indicator", code=code)), **shown,
    )  # fmt: skip


def snippet(site: Site, title: str, height: int, page: str, **about) -> dict:
    """What another site writes into its page to show a chart of ours."""
    url = absolute(site.address(page, **about))
    code = f'<iframe src="{url}" title="{escape(title)}" width="100%" height="{height}" loading="lazy"></iframe>'
    return {"code": code, "url": url, "is_whole": bool(settings.BASE_URL)}
