"""Nothing but published editions reaches a public page."""

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from ledger import guard
from ledger.chain import recording
from reporting.models import EditionStep, ReportEdition
from reporting.public import cache, source
from tests.reporting import pdf_factory as factory
from tests.reporting.public.test_pages import PAGES

# What a public page may look into: editions, what became of them, of which year they are, their finished files, and
# whether the public is asked for opinions.
WHICH = {
    "reporting_reportedition", "reporting_editionstep", "initiatives_planyear", "reporting_reportbuild", "reporting_voicecall",
}  # fmt: skip
OTHERS = (
    "/public/api/",
    "/public/feed.xml",
    "/public/sitemap.xml",
    "/public/",
    "/public/1/",
    "/robots.txt",
    "/public/nothing/",
)


def every_address(at) -> list[str]:
    pages = [at(page, **about) for page, about in PAGES]
    more = [
        at("embed_goals"), at("embed_indicator", code="I1"), at("api_edition"), at("api_table", table="initiatives"),
        at("api_initiative", code="1-1-1-1"), at("file", name="report.json"), at("file", name="report.pdf"), at("changes", number=2),
        at("initiative_list") + "?q=見守り&years=all", at("overview", number=1),
    ]  # fmt: skip
    return [*pages, *more, *OTHERS]


@pytest.fixture
def city(editions):
    """Two editions of a year, one of the year before, one that is 確定, one that was taken back."""
    report = factory.report()
    editions.publish(report)
    second = editions.publish(factory.changed(report, "1-1-1-1", rating="B"), number=2)
    editions.build(second, "pdf", b"%PDF-1.7")
    editions.publish(replace(report, fiscal_year=2023, fiscal_year_label="令和5年度"))
    editions.finalize(replace(report, fiscal_year=2025, fiscal_year_label="令和7年度", title="漏えい検知"))
    back = replace(report, fiscal_year=2022, fiscal_year_label="令和4年度", title="漏えい検知")
    editions.withdraw(editions.publish(back))
    return editions


def test_only_what_is_published_and_not_taken_back_is_public(city):
    found = [(each.year, each.number, each.label) for each in source.public()]
    assert found == [(2024, 2, "第2版"), (2024, 1, "第1版"), (2023, 1, "第1版")]
    assert {each.key for each in source.public()} == set(ReportEdition.objects.public().values_list("pk", flat=True))
    assert source.public()[0].published_at.isoformat() == "2026-12-11T03:02:00+00:00"


def test_a_page_asks_which_editions_are_public_and_nothing_else(city, at, client, coordinator):
    client.force_login(coordinator)  # who signed in is not looked up either
    for address in every_address(at):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        asked = [query["sql"] for query in captured]
        assert len(asked) == (0 if address in ("/robots.txt", "/public/nothing/") else 1), (address, asked)
        assert {table for sql in asked for table in re.findall(r'"(\w+)"\."', sql)} <= WHICH | {"U0", "V0"}


def test_making_a_page_reads_editions_alone(city, at, client, settings, tmp_path):
    for number, address in enumerate(every_address(at)):
        settings.PUBLIC_CACHE_DIR = tmp_path / str(number)
        source._read.cache_clear()
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        tables = {table for query in captured for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
        assert tables <= WHICH, address


def test_nobody_is_known_and_nothing_is_left_behind(city, at, client, coordinator):
    before = [client.get(address) for address in every_address(at)]
    client.force_login(coordinator)
    after = [client.get(address) for address in every_address(at)]
    assert [answer.content for answer in before] == [answer.content for answer in after]
    for answer in (*before, *after):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert answer.get("Cache-Control", "public, no-cache") == "public, no-cache"


def test_nothing_done_later_reaches_a_page(city, at, client, settings, tmp_path, targets):
    """Every row of every working table is changed; pages made anew are the same to the byte."""
    addresses = every_address(at)
    before = {address: client.get(address).content for address in addresses}
    settings.PUBLIC_CACHE_DIR = tmp_path / "anew"
    source._read.cache_clear()
    with guard.lifted():
        assert change_everything() > 20
    assert {address: client.get(address).content for address in addresses} == before


def change_everything() -> int:
    """Texts get 漏えい検知, numbers grow: of every table but those of the editions. Returns how many tables had rows."""
    changed = 0
    for model in apps.get_models():
        if model._meta.db_table in WHICH or model._meta.app_label in ("contenttypes", "auth", "sessions", "ledger"):
            continue
        values = {field.attname: "漏えい検知" for field in model._meta.concrete_fields if _is_free_text(field)}
        rows = models.QuerySet(model)
        for number, row in enumerate(rows.all()):
            changed += number == 0
            own = {name: f"{value}{number}"[: model._meta.get_field(name).max_length] for name, value in values.items()}
            if not own:
                continue
            with (
                suppress(IntegrityError),
                transaction.atomic(),
            ):  # some texts must be blank as long as something is not done
                rows.filter(pk=row.pk).update(**own)
        for field in model._meta.concrete_fields:
            if field.attname == "position":
                rows.update(position=F("position") + 100)
    return changed


def _is_free_text(field) -> bool:
    return isinstance(field, models.CharField | models.TextField) and not field.choices and (field.max_length or 99) > 8


def test_what_is_taken_back_is_gone_at_once_everywhere(city, at, client):
    addresses = [address for address in every_address(at) if address not in OTHERS]
    for address in addresses:
        assert client.get(address).status_code == 200, address
    for edition in ReportEdition.objects.public():
        city.withdraw(edition)
    gone = [client.get(address) for address in addresses]
    assert {answer.status_code for answer in gone} == {404}
    assert client.get("/public/feed.xml").status_code == 404


def test_an_edition_that_was_tampered_with_is_not_shown(city, at, client):
    with guard.lifted():
        models.QuerySet(ReportEdition).filter(number=2).update(snapshot="{}")
    source._read.cache_clear()
    client.raise_request_exception = False
    assert client.get(at("overview")).status_code == 500
    assert client.get(at("overview", number=1)).status_code == 200


def test_pages_of_an_edition_stay_the_same(city, at, client):
    """What was published stays what it is, while editions come after it, but for the words that a newer one is there."""
    first = client.get(at("goal", goal=2, number=1)).content
    city.publish(factory.report(title="第3版の題"), number=3)
    again = client.get(at("goal", goal=2, number=1)).content
    assert again.replace("第3版".encode(), "第2版".encode()) == first


def test_kept_pages_do_not_pile_up(city, at, client, settings):
    for number in range(3, 9):
        client.get(at("overview"))
        city.publish(factory.report(title=f"題{number}"), number=number)
    client.get(at("overview"))
    assert len(list((cache.Path(settings.PUBLIC_CACHE_DIR) / "1").iterdir())) == cache.KEEP


def test_steps_of_an_edition_are_looked_at_each_time(city, at, client):
    edition = ReportEdition.objects.get(plan_year__fiscal_year=2025)
    assert client.get("/public/1/R7/").status_code == 404
    with recording():
        EditionStep.objects.create(edition=edition, action="publish", by=city.by)
    assert client.get("/public/1/R7/").status_code == 200
