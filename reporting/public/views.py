"""Public addresses. A page of an edition is answers.page around the function that makes it."""

from hashlib import sha256

from django.http import HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.utils.http import content_disposition_header

from reporting.public import answers, api, feed, files, pages, source
from reporting.public.answers import NotThere, by_scripts, in_frames, page, public
from reporting.public.cache import Shelf
from reporting.public.search import Wanted

overview = page(pages.overview)
goal_list = page(pages.goal_list)
goal = page(pages.goal)
indicator_list = page(pages.indicator_list)
indicator = page(pages.indicator)
initiative = page(pages.initiative)
low_rating_list = page(pages.low_rating_list)
committee = page(pages.committee)
easy = page(pages.easy_summary)
downloads = page(pages.downloads)
edition_list = page(pages.edition_list)
changes = page(pages.changes)
text_list = page(pages.text_list)
text = page(pages.text)
embed_goals = page(pages.embed_goals, opened=in_frames)
embed_indicator = page(pages.embed_indicator, opened=in_frames)
api_edition = page(api.edition, answers.JSON, opened=by_scripts)
api_table = page(api.table, answers.JSON, opened=by_scripts)
api_initiative = page(api.initiative, answers.JSON, opened=by_scripts)


@public
def initiative_list(request, plan_id, fiscal_year, number=None):
    """Every initiative; or those that are searched for, which is answered anew each time."""
    site = source.site(plan_id, fiscal_year, number)
    if site is None:
        raise NotThere
    wanted = Wanted.of(request.GET)
    if wanted.is_empty:
        return answers.kept_page(request, site, lambda: pages.initiative_list(site))
    body = pages.initiatives_found(site, wanted).encode()
    headers = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', "Cache-Control": answers.CACHED}
    if answers.has(request, headers):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type=answers.HTML, headers=headers)


@public
def file(request, plan_id, fiscal_year, name, number=None):
    """A file under a name that says what it is, once it is on somebody's desk."""
    site = source.site(plan_id, fiscal_year, number)
    if site is None:
        raise NotThere
    found = files.download(site, name)
    answer = answers.kept(request, found.file, found.content_type)
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.saved_as)
    return answer


@public
def plan(request, plan_id):
    """The short address of a plan leads to its newest year."""
    newest = next((each for each in source.public() if each.plan == plan_id), None)
    return _to(newest)


@public
def start(request):
    """The newest year of the one plan; of several plans the choice."""
    editions = source.public()
    newest = list({each.plan: each for each in reversed(editions)}.values())
    if len(newest) < 2:
        return _to(newest[0] if newest else None)
    shelf = Shelf.of(0, "\n".join(each.facts for each in editions))
    return answers.kept(request, shelf.get(request.path_info, lambda: pages.plan_list(newest)), answers.HTML)


def _to(edition: source.Published | None) -> HttpResponse:
    if edition is None:
        raise NotThere
    return HttpResponseRedirect(source.address(edition, "overview"), headers={"Cache-Control": answers.CACHED})


def _of_all(make, content_type: str, **opened):
    """A view of what is made of all public editions; without any there is nothing."""

    def view(request):
        editions = source.public()
        if not editions:
            raise NotThere
        shelf = Shelf.of(0, "\n".join(each.facts for each in editions))
        return answers.kept(request, shelf.get(request.path_info, lambda: make(editions)), content_type)

    return public(view, **opened)


api_start = _of_all(api.editions, answers.JSON, opened=by_scripts)
news = _of_all(feed.atom, feed.ATOM)
sitemap = _of_all(feed.sitemap, feed.XML)


@public
def robots(request):
    return HttpResponse(feed.robots(), content_type=feed.TEXT)


nothing = answers.nothing
