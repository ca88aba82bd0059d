"""What tells others of new editions: the feed, the map of the site, and what robots may read."""

import uuid
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from reporting.public import words
from reporting.public.metadata import absolute
from reporting.public.source import Published, address

ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_SHOWN = 30


def atom(published: tuple[Published, ...]) -> str:
    """Every edition that came out, newest first."""
    editions = sorted(published, key=lambda each: each.published_at, reverse=True)[:_SHOWN]
    newest = editions[0]
    entries = "".join(_entry(each) for each in editions)
    title = f"{newest.report.city_name}　計画のあゆみ　公表のお知らせ"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja">\n'
        f"<title>{escape(title)}</title>\n<id>{_id('feed')}</id>\n<updated>{_time(newest.published_at)}</updated>\n"
        f"{_link(reverse('public:feed'), 'self')}{_link(reverse('public:start'))}"
        f"<author><name>{escape(newest.report.publisher or newest.report.city_name)}</name></author>\n{entries}</feed>\n"
    )


def _entry(edition: Published) -> str:
    report = edition.report
    title = f"{report.title}　{edition.label}を公表しました"
    return (
        f"<entry>\n<title>{escape(title)}</title>\n<id>{_id(edition.facts)}</id>\n"
        f"<updated>{_time(edition.published_at)}</updated>\n<published>{_time(edition.published_at)}</published>\n"
        f"{_link(address(edition, 'overview', pinned=True))}"
        f"<summary>{escape(words.headline(report.tally, report))}。</summary>\n</entry>\n"
    )


def _link(path: str, relation: str = "alternate") -> str:
    return f"<link rel={quoteattr(relation)} href={quoteattr(absolute(path))}/>\n"


def _id(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"ayumi {name}").urn


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def sitemap(published: tuple[Published, ...]) -> str:
    """The pages of each year's newest edition. Whole addresses are asked for: without the site's name there is none."""
    newest = {(each.plan, each.year): each for each in reversed(published)}
    lines = []
    for edition in newest.values():
        day = timezone.localtime(edition.published_at).date().isoformat()
        lines += [f"<url><loc>{escape(url)}</loc><lastmod>{day}</lastmod></url>" for url in _pages(edition)]
    body = "\n".join(lines)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{body}\n</urlset>\n"
    )


def _pages(edition: Published) -> list[str]:
    content = edition.content
    named = [
        ("overview", {}), ("goal_list", {}), ("indicator_list", {}), ("initiative_list", {}), ("low_rating_list", {}),
        ("committee", {}), ("downloads", {}), ("edition_list", {}), ("text_list", {}), ("text", {"part": "all"}),
        *(("goal", {"goal": number}) for number in content.goals),
        *(("indicator", {"code": code}) for code in content.indicators),
        *(("initiative", {"code": code}) for code in content.places),
    ]  # fmt: skip
    return [absolute(address(edition, page, **about)) for page, about in named]


def robots() -> str:
    """The public pages may be read, searches need not be; everything else is the office's."""
    lines = ["User-agent: *", "Allow: /public/", "Allow: /static/", "Disallow: /public/*?", "Disallow: /"]
    if settings.BASE_URL:
        lines.append(f"Sitemap: {absolute(reverse('public:sitemap'))}")
    return "\n".join(lines) + "\n"
