from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

from accounts import once

handler500 = "config.unavailable.server_error"

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("initiatives.urls")),
    path("", include("indicators.urls")),
    path("", include("reviews.urls")),
    path("", include("reporting.urls")),
]
# First, so that what everybody reads is found without asking the others; made last, for they bring the converter of years.
urlpatterns.insert(0, path("", include("reporting.public.urls")))
if settings.DEBUG or getattr(settings, "STYLE_GUIDE", False):
    from reporting import style_guide

    urlpatterns.append(
        path(
            "components/",
            login_not_required(
                TemplateView.as_view(template_name="components.html", extra_context=style_guide.context())
            ),
            name="components",
        )
    )
once.guard(urlpatterns)
