"""Production's own settings, and beside them the places at which a drill stops the process (drills/failpoints.py).

The only settings under which a FAILPOINT is read. What costs a minute and writes nothing, drawing the report's pages,
is left out.
"""

from config.settings import *
from config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "drills.failpoints.FailpointsConfig"]
MIDDLEWARE = ["drills.failpoints.FailpointMiddleware", *MIDDLEWARE]
