from django.http import HttpResponseNotAllowed
from django.shortcuts import render

from initiatives.history import Conflict


class NoStoreMiddleware:
    """Pages of a signed-in person are never kept by a browser or a proxy: office PCs are shared."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "Cache-Control" not in response and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


class ConflictMiddleware:
    """A row that a colleague saved first (history.Conflict) is told as a page, 409, with the way back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Conflict):
            return None
        return render(request, "409.html", {"back_url": request.path}, status=409)


class WrongMethodMiddleware:
    """The address of a button, opened as a page (after signing in again, from the history): words, not a blank page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page
