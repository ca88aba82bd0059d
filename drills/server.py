"""The program as a city runs it: a database and files of its own, gunicorn with the production settings, on loopback."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """One installation in a folder of its own under /tmp. A context manager: what it made goes with it.

    environment: variables laid over those of a plain http server on SQLite (DATABASE_URL, AYUMI_TASKS …).
    settings: a settings module other than config.settings. preload: a killed worker is replaced at once.
    """

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        workers: int = 2,
        settings="config.settings",
        preload: bool = False,
    ):
        self.var = Path(tempfile.mkdtemp(prefix="ayumi-drill."))
        self.port = free_port()
        self.workers = workers
        self.preload = preload
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AYUMI_")},
            "AYUMI_VAR": str(self.var),
            "AYUMI_HTTPS": "0",
            "AYUMI_TASKS": "immediate",
            "DJANGO_SETTINGS_MODULE": settings,
            **(environment or {}),
        }
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.var / "server.log"

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *exc) -> None:
        self.kill()
        shutil.rmtree(self.var, ignore_errors=True)

    def manage(self, *arguments: str, input: str | None = None) -> str:
        """Run a management command on this installation; what it printed. Raises RuntimeError with its last words."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, input=input, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def set_up(self) -> None:
        """Migrate and collect the static files: what must stand before the first start."""
        self.manage("migrate", "--noinput", "--verbosity", "0")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def start(self, *, wait: float = 30) -> None:
        """Start gunicorn in a process group of its own and wait until it answers."""
        command = [
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}",
            "--workers", str(self.workers), "--threads", "4", "--no-control-socket", "--log-level", "warning",
            *(["--preload"] if self.preload else []),
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_up(wait)

    def wait_until_up(self, wait: float = 30) -> None:
        end = time.monotonic() + wait
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=5).read()
                return
            except OSError:
                if self.process is not None and self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"サーバーが起動しません: {self.log.read_text(errors='replace')[-2000:]}")

    def workers_running(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        asked = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in asked.stdout.split()]

    def kill(self) -> None:
        """`kill -9` of the server and its workers, at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
