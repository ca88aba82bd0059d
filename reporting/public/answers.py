"""Answers of public addresses: kept pages with validators, and the one answer for everything that is not there."""

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_http_methods

from reporting.public.cache import Kept, shelf_of
from reporting.public.source import Site, site

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
# Kept by browsers and proxies, and asked about each time: what is taken back is gone at once.
CACHED = "public, no-cache"
READING = ("GET", "HEAD")


class NotThere(Exception):
    """The edition has no such page."""


def page(make: Callable[..., str | bytes], content_type: str = HTML, *, opened: Callable | None = None):
    """A view of a page of an edition: `make(site, **about)` makes it the first time.

    opened: what other sites may do with it (in_frames, by_scripts).
    """

    def view(request, plan_id, fiscal_year, number=None, **about):
        found = site(plan_id, fiscal_year, number)
        if found is None:
            raise NotThere
        return kept_page(request, found, lambda: make(found, **about), content_type)

    return public(view, opened=opened)


def public(view: Callable[..., HttpResponse], *, opened: Callable | None = None, methods: Sequence[str] = READING):
    """Open to everybody, for reading; NotThere and an edition that is not public are one answer."""

    @login_not_required
    @require_http_methods(methods)
    @wraps(view)
    def inner(request, *args, **kwargs):
        try:
            answer = view(request, *args, **kwargs)
        except NotThere:
            answer = no_data() if opened is by_scripts else not_there()
        answer["X-Frame-Options"] = "DENY"
        if opened and answer.status_code != HTTPStatus.NOT_FOUND:
            opened(answer)
        return answer

    return inner


def in_frames(answer: HttpResponse) -> None:
    """Other sites may show the page within their own."""
    del answer["X-Frame-Options"]
    answer._csp_replace = {"frame-ancestors": ["*"]}


def by_scripts(answer: HttpResponse) -> None:
    """Programs on other sites may read the data."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag"


def kept_page(
    request: HttpRequest, found: Site, make: Callable[[], str | bytes], content_type: str = HTML, *, packed: bool = True
) -> HttpResponse:
    return kept(request, shelf_of(found).get(request.path_info, make, packed=packed), content_type)


def kept(request: HttpRequest, page: Kept, content_type: str) -> HttpResponse:
    """The page; or that the reader has it already."""
    as_packed = page.is_packed and "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {
        "ETag": f'"{page.digest[:32]}{"-gzip" if as_packed else ""}"',
        "Last-Modified": http_date(page.modified),
        "Cache-Control": CACHED,
        "Vary": "Accept-Encoding",
    }
    if has(request, headers):
        return HttpResponseNotModified(headers=headers)
    if as_packed:
        headers["Content-Encoding"] = "gzip"
    body = page.body if as_packed or not page.is_packed else page.plain
    headers["Content-Length"] = str(len(body))
    return HttpResponse(body, content_type=content_type, headers=headers)


def has(request: HttpRequest, headers: dict[str, str]) -> bool:
    """By its ETag; without one by the very same time, for what was public before may be public again."""
    if tags := request.headers.get("If-None-Match"):
        tags = parse_etags(tags)
        return "*" in tags or headers["ETag"] in (tag.removeprefix("W/") for tag in tags)
    since = request.headers.get("If-Modified-Since")
    return since is not None and since == headers.get("Last-Modified")


def not_there() -> HttpResponse:
    """The same bytes for what never was, is not public yet, and was taken back."""
    return HttpResponse(render_to_string("public/404.html"), status=404, headers={"Cache-Control": CACHED})


def no_data() -> HttpResponse:
    """The same, for programs."""
    answer = HttpResponse('{"error": "このデータはありません。"}\n', content_type=JSON, status=404)
    answer["Cache-Control"] = CACHED
    by_scripts(answer)
    return answer


@public
def nothing(request, rest=""):
    """All addresses below /public/ that are no page's; one that lacks its slash leads to the page."""
    if not rest.endswith("/") and resolve(f"{request.path_info}/").func is not request.resolver_match.func:
        return HttpResponsePermanentRedirect(f"{request.path}/")
    raise NotThere
