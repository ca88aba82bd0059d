"""One measured process: `render REPORT OUTPUT PROCESSES [CACHE]`, `again …` or `chromium REPORT`."""

import pickle
import sys
import tempfile
import time
from pathlib import Path


def render(report: str, output: str, processes: str, cache: str | None = None) -> None:
    import django

    django.setup()
    from reporting import pdf

    frozen = pickle.loads(Path(report).read_bytes())
    start = time.perf_counter()
    content = pdf.render(frozen, processes=int(processes), cache_dir=Path(cache) if cache else None)
    # The task worker has Python and Django loaded for days: what a person waits for begins here.
    print(time.perf_counter() - start)
    Path(output).write_bytes(content)


def again(report: str, changed: str, output: str, processes: str, cache: str) -> None:
    """What an officer does: make the report, change one entry, make it again in the same worker."""
    import django

    django.setup()
    from reporting import pdf

    first, second = (pickle.loads(Path(name).read_bytes()) for name in (report, changed))
    pdf.render(first, processes=int(processes), cache_dir=Path(cache))
    start = time.perf_counter()
    content = pdf.render(second, processes=int(processes), cache_dir=Path(cache))
    print(time.perf_counter() - start)
    Path(output).write_bytes(content)


def chromium(report: str) -> None:
    """The same chapters, printed by Chromium: no contents with page numbers, no bookmarks, no joining."""
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from reporting.pdf import chapters
    from tests.conftest import CHROMIUM_ARGS, find_chromium

    book = chapters.Book(pickle.loads(Path(report).read_bytes()))
    css = chapters.stylesheet()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        start = time.perf_counter()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page()
        for chapter in book.chapters():
            file = Path(folder) / "chapter.html"
            file.write_text(f"<style>{css}</style>{chapter.html()}", encoding="utf-8")
            page.goto(file.as_uri())
            page.pdf(path=Path(folder) / "chapter.pdf", prefer_css_page_size=True, tagged=True)
        browser.close()
        print(time.perf_counter() - start)


if __name__ == "__main__":
    {"render": render, "again": again, "chromium": chromium}[sys.argv[1]](*sys.argv[2:])
