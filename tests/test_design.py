"""The visual system's own promises: contrast, no inline style, error pages that need nothing."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

CSS = (settings.BASE_DIR / "static/css/app.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", CSS))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# The report's own templates are read by the PDF engine, which knows no security policy.
PAGES = [path for path in TEMPLATES if "print" not in path.parts]

# WCAG 2.2 AA: 4.5 for text, 3 for the edge of a control or a sign.
TEXT = [
    ("ink", "paper"), ("ink", "sunk"), ("ink", "tint"), ("ink", "key-soft"), ("ink-2", "paper"), ("ink-2", "sunk"),
    ("ink-2", "tint"), ("ink-3", "paper"), ("key", "paper"), ("key", "sunk"), ("key", "tint"), ("key", "key-soft"),
    ("paper", "key"), ("paper", "key-hover"), ("paper", "key-down"), ("ok", "paper"), ("warn", "paper"), ("warn", "warn-soft"),
    ("warn", "warn-paper"), ("err", "paper"), ("err-ink", "paper"), ("err-ink", "err-soft"), ("ink-2", "cut"),
    ("r1-t", "r1"), ("r2-t", "r2"), ("r3-t", "r3"), ("r4-t", "r4"), ("r5-t", "r5"),
]  # fmt: skip
EDGE = [
    ("field", "paper"),
    ("line-2", "paper"),
    ("warn-line", "paper"),
    ("focus", "paper"),
    ("focus", "key-soft"),
    ("r3-line", "r3"),
]


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str) -> float:
    light, dark = sorted((luminance(TOKENS[front]), luminance(TOKENS[back])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_stands_off_its_ground(front, back):
    assert contrast(front, back) >= 4.5


@pytest.mark.parametrize(("front", "back"), EDGE)
def test_edge_stands_off_its_ground(front, back):
    assert contrast(front, back) >= 3


def test_every_token_that_is_used_exists():
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) - set(re.findall(r"--([\w-]+):", CSS)) == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_page_carries_no_inline_style_or_script(path: Path):
    assert (
        re.findall(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|\|safe\b", path.read_text(encoding="utf-8"))
        == []
    )


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "409.html", "413.html", "500.html"]
)
def test_error_page_needs_no_context_and_no_database(name):
    html = get_template(name).render()
    assert html.count("<h1>") == 1
    assert 'href="/">ホームへ</a>' in html


@pytest.mark.parametrize(("name", "words"), [("500.html", "表示できませんでした"), ("503.html", "混み合っています")])
def test_error_page_survives_a_missing_static_manifest(settings, name, words):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    assert words in get_template(name).render()
