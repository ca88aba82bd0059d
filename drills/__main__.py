"""`python -m drills NAME [options]`: one module a drill, each with `run(arguments) -> exit code`."""

import importlib
import signal
import sys

DRILLS: dict[str, str] = {  # name -> what it does
    "year": "1つの年度を、用意から委員に開くまで、全員の画面で進める（--short: 4課だけ）",
    "crash": "書きこみの途中で kill -9 し、保存した文とメールを確かめる（--short: 35回ほど、--seed 数）",
    "restart": "みなが書いている間にPostgreSQLを起動し直す（20回。--short: 3回）",
    "full": "ディスクの空きをなくし、空けると元どおりに動くことを確かめる（20点。--short: 6点）",
    "mutants": "決まりを1つずつわざと壊し、試験が気づくことを確かめる（--short: 日ごとに一部、--only ことば）",
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in DRILLS:
        print("使い方: bin/drill 名前 [--short]")
        for known, what in DRILLS.items():
            print(f"  {known:8} {what}")
        return 0 if name in ("-h", "--help") else 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a stopped drill, too, takes its servers with it
    return importlib.import_module(f"drills.{name}").run(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
