"""What tells others of new editions."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.reporting import pdf_factory as factory

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def report(settings):
    settings.BASE_URL = "https://ayumi.example.jp"
    return factory.report()


def test_feed(editions, report, client):
    assert client.get("/public/feed.xml").status_code == 404
    editions.publish(report)
    editions.publish(replace(report, title="直した<報告書>"), number=2)
    answer = client.get("/public/feed.xml")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}title").text for entry in entries] == [
        "直した<報告書>　第2版を公表しました", f"{report.title}　第1版を公表しました",
    ]  # fmt: skip
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [
        "https://ayumi.example.jp/public/1/R6/v2/", "https://ayumi.example.jp/public/1/R6/v1/",
    ]  # fmt: skip
    identities = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(identities)) == 3
    assert feed.find(f"{ATOM}updated").text == "2026-12-11T03:02:00+00:00"


def test_every_page_of_the_map_is_there(editions, report, client):
    editions.publish(report)
    editions.publish(factory.changed(report, "1-1-1-1", rating="B"), number=2)
    found = [
        element.text for element in ElementTree.fromstring(client.get("/public/sitemap.xml").content).iter(f"{MAP}loc")
    ]
    assert len(found) == len(set(found)) == 10 + 2 + 1 + 8
    for address in found:
        assert client.get(address.removeprefix("https://ayumi.example.jp")).status_code == 200, address


def test_robots(editions, report, client, settings):
    assert client.get("/robots.txt").content.decode() == (
        "User-agent: *\nAllow: /public/\nAllow: /static/\nDisallow: /public/*?\nDisallow: /\n"
        "Sitemap: https://ayumi.example.jp/public/sitemap.xml\n"
    )
    settings.BASE_URL = ""
    assert "Sitemap" not in client.get("/robots.txt").content.decode()
