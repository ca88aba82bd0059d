"""What README and docs/ say is there: files, pictures, commands, variables, names; and nothing of anybody's machine."""

import csv
import re
import subprocess
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from django.core.management import get_commands

from docs import screenshots
from indicators import series
from reporting import snapshot
from reporting.demo import build

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:src|href)="([^"]+)\"""")
NAMED_FILE = re.compile(r"`([\w./*-]+/[\w.*-]+\.(?:py|html|css|csv|md|txt))`")
# A machine's own folders, and where packages are fetched from.
MACHINE = re.compile(r"(?<![\w./}$-])/(?:work|root|home)(?:/|\b)")
REGISTRY = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|golang\.org|crates\.io|rubygems\.org)|--index[-]url"
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("git がないので、登録されたファイルが分かりません")
    return [path for name in filter(None, listed.stdout.split("\0")) if (path := ROOT / name).is_file()]


@pytest.mark.parametrize("doc", DOCS, ids=name_of)
def test_links_and_pictures_are_there(doc):
    targets = {target for pair in LINK.findall(doc.read_text()) for target in pair if target}
    files = {target.partition("#")[0] for target in targets if "://" not in target and not target.startswith("#")}
    assert {name for name in files if not (doc.parent / name).exists()} == set()


@pytest.mark.parametrize("doc", DOCS, ids=name_of)
def test_commands_are_there(doc):
    text = doc.read_text()
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert named - set(get_commands()) == set()
    scripts = set(re.findall(r"(?<![\w./-])bin/(\w+)", text))
    assert {name for name in scripts if not (ROOT / "bin" / name).is_file()} == set()


@pytest.mark.parametrize("doc", DOCS, ids=name_of)
def test_named_files_are_there(doc):
    """`initiatives/listing.py`; a template by its name below templates/."""
    named = set(NAMED_FILE.findall(doc.read_text()))
    assert {name for name in named if not [*ROOT.glob(name), *(ROOT / "templates").glob(name)]} == set()


def test_every_variable_is_documented():
    code = (ROOT / "config/settings.py").read_text() + (ROOT / "config/env.py").read_text()
    read = set(re.findall(r'"(AYUMI_\w+)"', code)) | {"DATABASE_URL"}
    assert len(read) > 5
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE))
    assert read - documented == set()
    assert documented - read == set()


def test_every_field_of_the_json_is_documented():
    text = (ROOT / "docs/json.md").read_text()
    kinds = [kind for module in (snapshot, series) for kind in vars(module).values() if is_dataclass(kind)]
    names = {field.name for kind in kinds for field in fields(kind)}
    assert len(names) > 60
    assert {name for name in names if f"`{name}`" not in text} == set()
    kinds_of_section = {kind.value for kind in snapshot_kinds()}
    assert {kind for kind in kinds_of_section if f"`{kind}`" not in text} == set()


def snapshot_kinds():
    from reporting.models import Chapter

    return Chapter.Kind


def test_the_demo_accounts_of_the_readme_are_those_of_the_demo():
    with (ROOT / "reporting/demo/data/people.csv").open(encoding="utf-8") as file:
        people = {line["username"] for line in csv.DictReader(file)}
    text = (ROOT / "README.md").read_text()
    assert {name for name in people if f"`{name}`" not in text} == set()
    assert f"`{build.PASSWORD}`" in text


def test_every_picture_is_drawn_and_shown():
    drawn = {f"{shot.name}.png" for shot in screenshots.SHOTS} | {f"{screenshots.PAPER}.png"}
    pictures = list((ROOT / "docs/img").glob("*.png"))
    assert {path.name for path in pictures} == drawn
    assert sum(path.stat().st_size for path in pictures) < screenshots.BUDGET
    shown = "".join(doc.read_text() for doc in DOCS)
    assert {name for name in drawn if f"img/{name}" not in shown} == set()


def test_nothing_of_a_machine_is_kept():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in (MACHINE, REGISTRY):
            found += [f"{name_of(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("cd /" + "home/ayumi", MACHINE), ("see /" + "work", MACHINE), ("https://pypi" + ".org/simple", REGISTRY)],
)
def test_the_search_finds_what_it_looks_for(text, pattern):
    assert pattern.search(text)
