"""What search engines, previews and readers of feeds are told about a page."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString

from reporting import opendata
from reporting.public import words
from reporting.public.source import Site

# "<" in a text must not end the script in which it stands (as django.utils.html.json_script does).
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def absolute(path: str) -> str:
    """With the site's own name (AYUMI_BASE_URL), as far as that is known: never with what a request says."""
    return f"{settings.BASE_URL}{path}"


@dataclass(frozen=True)
class Meta:
    """Of one page. `canonical`: the address by which it should be known."""

    title: str
    description: str
    canonical: str
    site_name: str
    data: SafeString | str = ""  # JSON-LD

    @property
    def has_name(self) -> bool:
        """Previews need whole addresses."""
        return bool(settings.BASE_URL)


def meta(site: Site, title: str, description: str, page: str, **about) -> Meta:
    report = site.report
    # An older edition is known by its own address, the newest by that of its year.
    pinned = site.pinned and not site.is_newest
    canonical = absolute(Site(site.edition, site.editions, pinned).address(page, **about))
    name = site_name(site)
    whole = f"{title}｜{name}" if title else name
    data = dataset(site, canonical) if page in ("overview", "downloads") else ""
    return Meta(f"{whole}（{report.fiscal_year_label}）", words.description(description), canonical, name, data)


def site_name(site: Site) -> str:
    return f"{site.report.city_name} {words.plan_short(site.report)}のあゆみ"


def dataset(site: Site, url: str) -> SafeString:
    """schema.org: the open data of the edition as a Dataset."""
    report, edition, licence = site.report, site.edition, opendata.licence()
    told = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{report.title} {edition.label}",
        "description": f"{report.plan_name}の{report.fiscal_year_label}の進み具合。{words.headline(report.tally, report)}。",
        "url": url,
        "inLanguage": "ja",
        "isAccessibleForFree": True,
        "license": licence["url"],
        "version": str(edition.number),
        "datePublished": edition.published_at.date().isoformat(),
        "temporalCoverage": f"{report.fiscal_year}-04-01/{report.fiscal_year + 1}-03-31",
        "creator": {"@type": "GovernmentOrganization", "name": report.publisher or report.city_name},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": absolute(site.address("file", name=name)),
            }
            for name, kind in (("opendata.zip", "application/zip"), ("report.json", "application/json"))
        ],
    }
    text = json.dumps(told, ensure_ascii=False).translate(_ESCAPES)
    return SafeString(f'<script type="application/ld+json">{text}</script>')
