"""The gate before a whole page: who may open it at all. What of it they see is asked of permissions, row by row.

And the way on from a form: never off this site.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User


def only_for(may: Callable[[User], bool]):
    """403 for whoever may not. Under with_plan_year, a year out of sight stays 404."""

    def decorate(view):
        @wraps(view)
        def inner(request, *args, **kwargs):
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return inner

    return decorate


def onward(request, address: str) -> str:
    """Where a form asks to go on, if that is a place on this site; else ""."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else ""
