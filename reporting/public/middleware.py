"""Public pages are the same for everybody: nothing of a person is looked up for them, and nothing is left behind."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import resolve

START = "/public/"
ALSO = ("/robots.txt",)


class PublicPagesMiddleware:
    """Answers public addresses here, before sessions, sign-in, messages and CSRF: those bring cookies and queries.

    No setting of a view can leave them out: AccountStillValidMiddleware looks into the session of every request.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path_info.startswith(START) or request.path_info in ALSO):
            return self.get_response(request)
        request.user = AnonymousUser()
        request.resolver_match = match = resolve(request.path_info)  # the last public address takes all the rest
        return match.func(request, *match.args, **match.kwargs)
