"""`python -m drills.worker`: runs one management command for every line it is given, each in a process of its own.

The program is loaded once, so that a hundred killed workers do not cost a hundred starts. Prints the exit status
(negative: the signal) after each.
"""

import os
import sys
import traceback

import django
from django.core.management import call_command

COMMANDS = {
    "work": lambda: call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0),
    "send": lambda: call_command("send_notices", verbosity=0, stdout=sys.stderr),
}


def main() -> None:
    django.setup()
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                COMMANDS[line.strip()]()
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
