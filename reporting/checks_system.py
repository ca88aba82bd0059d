"""Refuse to start where the report could not be made as it must be: every management command asks these checks."""

import ctypes
from ctypes.util import find_library

from django.core.checks import Error, Tags, register

from reporting.pdf import fonts

# Names as WeasyPrint looks for them (weasyprint.text.ffi). Asked of the system directly: loading WeasyPrint for the
# answer would make every command half a second slower.
LIBRARIES = {
    "Pango": ("pango-1.0", "libpango-1.0.so.0", "libpango-1.0.dylib"),
    "PangoFT2": ("pangoft2-1.0", "libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "HarfBuzz-Subset": ("harfbuzz-subset", "libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def has_library(plain: str, *files: str) -> bool:
    for name in (*files, find_library(plain)):
        try:
            if name and ctypes.CDLL(name):
                return True
        except OSError:
            continue
    return False


@register(Tags.compatibility)
def pdf_libraries(app_configs, **kwargs) -> list[Error]:
    """Without the subset library WeasyPrint takes another way, five times as slow, and says so in a warning only."""
    return [
        Error(f"PDFをつくる部品（{name}）がありません。", hint=f"apt-get install {PACKAGES}", id="reporting.E001")
        for name, names in LIBRARIES.items()
        if not has_library(*names)
    ]


@register(Tags.compatibility)
def pdf_fonts(app_configs, **kwargs) -> list[Error]:
    """Without the font every Japanese character would be an empty box."""
    problems = [
        Error(
            f"PDFの字（{fonts.FAMILY} {style}）がありません。",
            hint=f"apt-get install {fonts.PACKAGE} fontconfig",
            id="reporting.E002",
        )
        for style in ("Regular", "Bold")
        if fonts.find(style) is None
    ]
    return problems + [
        Error(
            f"PDFの数字の字がありません: {path.name}",
            hint="リポジトリから取り直してください。",
            id="reporting.E003",
        )
        for path in fonts.LATIN.values()
        if not path.is_file()
    ]
