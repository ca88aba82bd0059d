"""The gate before a whole page: who may open it at all. What of it they see is asked of permissions, row by row."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied

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
