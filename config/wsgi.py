import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Load all code now, not with the first request. It stays, so the garbage collector need not walk through it each time;
# and it need not come after every 700 new objects, when one page or one file makes tens of thousands that hold no cycle.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
gc.set_threshold(50_000)
