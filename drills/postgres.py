"""A PostgreSQL of a drill's own, with the durability of a real one: started, killed and started again."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from drills.server import free_port


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, the newest release; Debian keeps it off the PATH."""
    beside = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3])
    found += [Path(beside)] if beside else []
    return found[-1].parent if found else None


class Cluster:
    """A context manager: what it made goes with it. Runs as `postgres` where the drill is root, which PostgreSQL
    refuses to be."""

    def __init__(self, disk: Callable[[Path], contextlib.AbstractContextManager] = contextlib.nullcontext):
        """`disk`: what to put the folder on."""
        self.bin = binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="ayumi-drill-pg."))
        self._disk = contextlib.ExitStack()
        self._disk.enter_context(disk(self.folder))
        self.port = free_port()
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *exc) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        self._disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *, wait: bool = True) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        command = ["pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options]
        self._run(*command, "-w" if wait else "-W", "-t", "60", "start")

    def stop(self) -> None:
        """As an administrator would: everybody is thrown out."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop")

    def wait_until_up(self, wait: float = 120) -> None:
        """Until it takes connections; started where it has stopped itself."""
        end = time.monotonic() + wait
        while time.monotonic() < end:
            with contextlib.suppress(psycopg.OperationalError):
                return psycopg.connect(self.url, connect_timeout=5).close()
            if not self._is_running():
                self.start()
            time.sleep(0.2)
        raise RuntimeError("PostgreSQLが戻りません")

    def _is_running(self) -> bool:
        try:
            return Path(f"/proc/{self._chief()}").exists()
        except FileNotFoundError:
            return False

    def _chief(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """kill -9 of the server and every process of it."""
        chief = self._chief()
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(chief)], capture_output=True, text=True).stdout
        for pid in [chief, *map(int, children.split())]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while Path(f"/proc/{chief}").exists() and time.monotonic() < end:
            time.sleep(0.01)

    def create(self, name: str) -> str:
        """A database; its address."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"{self.url.rpartition('/')[0]}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.bin / program, *arguments], user=self.user, group=self.user, extra_groups=[] if self.user else None,
            cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
