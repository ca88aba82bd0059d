"""The worker processes. Loading WeasyPrint takes a second and 80 MB: only they do it, never the process that asks."""

import gc
import logging
import multiprocessing
import multiprocessing.forkserver
import os
import resource
import sys
import threading
from concurrent.futures import Future, ProcessPoolExecutor

from reporting.pdf.parcel import Task

# A chapter takes about 100 MB; one that asks for this much is a fault, not a report.
MEMORY_LIMIT = 2 * 1024**3
# Objects of chapters already drawn that may lie about, some 30 MB. To look through the boxes of a chapter while it is
# made finds nothing, and to clear up after every chapter costs more than a big one now and then.
GARBAGE = 150_000


def start() -> None:
    """Runs once in each worker process."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()
    gc.freeze()


def _end_with_parent() -> None:
    """A build that was killed must leave no process behind; nothing tells a pool's worker of it."""
    multiprocessing.parent_process().join()
    os._exit(1)


def render(task: Task) -> bytes:
    from reporting.pdf import renderer

    try:
        return renderer.render(task)
    finally:
        if gc.get_count()[0] > GARBAGE:
            gc.collect()


class Workers:
    """Worker processes, forked off a server that has loaded WeasyPrint once.

    No thread, connection or setting of the web process or of the task worker reaches them. The server starts with
    the build and loads while the chapters' text is put together; a worker starts when something is to be rendered.
    """

    def __init__(self, count: int):
        self.count = count
        self._pool: ProcessPoolExecutor | None = None
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["weasyprint"])
        multiprocessing.forkserver.ensure_running()

    def submit(self, task: Task) -> Future:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.count, self._context, initializer=start)
        return self._pool.submit(render, task)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
