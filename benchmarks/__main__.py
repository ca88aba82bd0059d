"""bin/bench: prepares an empty database and runs the benchmarks asked for."""

import importlib
import sys

from django.core.management import call_command

NAMES = ["pages", "entry", "assemble", "import", "opening", "checks", "ledger", "outputs", "public", "report"]
MODULES = {"import": "importing"}


def main() -> None:
    names = sys.argv[1:] or NAMES
    if unknown := [name for name in names if name not in NAMES]:
        raise SystemExit(f"{'、'.join(unknown)} という計測はありません。{'、'.join(NAMES)} のどれかにしてください。")
    importlib.import_module("config.wsgi")  # a process as it serves
    call_command("migrate", verbosity=0)
    for name in names:
        importlib.import_module(f"benchmarks.{MODULES.get(name, name)}").run()


if __name__ == "__main__":
    main()
