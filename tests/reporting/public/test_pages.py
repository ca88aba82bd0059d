"""The pages of an edition."""

import gzip
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup

from reporting.public import cache
from tests.factories import PlanFactory
from tests.reporting import pdf_factory as factory

PAGES = [
    ("overview", {}), ("goal_list", {}), ("goal", {"goal": 1}), ("indicator_list", {}), ("indicator", {"code": "I1"}),
    ("initiative_list", {}), ("initiative", {"code": "1-1-1-1"}), ("low_rating_list", {}), ("committee", {}), ("downloads", {}),
    ("edition_list", {}), ("text_list", {}), ("text", {"part": "all"}), ("text", {"part": "goals"}),
]  # fmt: skip


@pytest.fixture
def report():
    found = factory.report()
    return replace(found, scale=tuple(replace(step, reason_required=step.rank > 1) for step in found.scale))


@pytest.fixture
def get(client, at):
    def inner(page, **about):
        answer = client.get(at(page, **about))
        assert answer.status_code == 200, answer.content.decode()
        return BeautifulSoup(answer.content, "lxml")

    return inner


def words(element) -> str:
    return " ".join(element.text.split())


@pytest.mark.parametrize(("name", "about"), PAGES)
def test_page_says_what_it_is(editions, report, get, at, name, about):
    editions.publish(report)
    soup = get(name, **about)
    assert len(soup.select("h1")) == 1
    assert soup.title.text.endswith("みどり市 見守り計画のあゆみ（令和6年度）")
    assert 5 < len(soup.select_one("meta[name=description]")["content"]) <= 120
    assert soup.select_one("link[rel=canonical]")["href"] == at(name, **about)
    assert soup.select_one("meta[property='og:title']")["content"] == soup.title.text


@pytest.mark.parametrize(("name", "about"), PAGES)
def test_page_runs_nothing_and_asks_nobody_else(editions, report, get, name, about):
    editions.publish(report)
    soup = get(name, **about)
    assert not soup.select("script:not([type='application/ld+json']), form[method=post], [style], iframe")
    fetched = [
        each.get("href") or each.get("src") for each in soup.select("link[rel~=stylesheet], link[rel=icon], img")
    ]
    assert fetched and all(each.startswith("/static/") for each in fetched)


def test_overview(editions, report, get):
    late = factory.changed(report, "1-1-1-2", rating="D", low_rating_reason="人が足りなかった。来年度に行う。")
    editions.publish(replace(late, scale=report.scale))
    soup = get("overview")
    assert soup.h1.text == "8の取組のうち、6がいちばん良い評価（A）でした"
    assert soup.select_one(".eyebrow").text == "令和6年度（2024年4月から2025年3月まで）"
    assert [words(goal) for goal in soup.select(".goals .g-t")] == ["見守るまち1", "見守るまち2"]
    assert "57.7％です。前年度から5.2ポイント上がりましたが" in soup.select_one("figcaption").text
    assert words(soup.select_one(".late")) == "評価D第1112の見守り人が足りなかった。来年度に行う。"
    assert soup.select_one("blockquote").text == "「来年も続けましょう。」"
    assert not soup.select("#h-y")


def test_overview_compares_with_the_year_before(editions, report, get):
    editions.publish(report)
    editions.publish(replace(report, fiscal_year=2023, fiscal_year_label="令和5年度"))
    soup = get("overview")
    assert soup.select_one("#h-y").text == "いちばん良い評価（A）の割合は、令和5年度の88％と同じです"


def test_goal(editions, report, get):
    editions.publish(report)
    soup = get("goal", goal=2)
    assert soup.h1.text == "見守るまち2：4の取組のうち、3がいちばん良い評価（A）でした"
    assert [link["href"] for link in soup.select(".rows a")] == [
        f"/public/1/R6/initiatives/{code}/" for code in ("2-1-1-1", "2-1-1-2", "2-1-2-1", "2-1-2-2")
    ]
    assert words(soup.select_one(".tbl tbody tr")) == "声をかけ合う人の割合57.7％60.0％96.2％＋5.2ポイント評価A"
    assert [link["href"] for link in soup.select(".neighbours a")] == ["/public/1/R6/goals/1/"]


def test_indicator_has_chart_and_table_of_the_same_figures(editions, report, get):
    editions.publish(report)
    soup = get("indicator", code="I1")
    spoken = soup.select_one("svg.chart desc").text
    table = words(soup.select_one(".tbl tbody"))
    for figure in ("52.5", "57.7", "60.0"):
        assert figure in spoken and figure in table
    assert "実績 57.7％ ÷ 目標 60.0％ ＝ 96.2％" in soup.select_one(".facts").text


def test_initiative_over_the_years(editions, report, get):
    editions.publish(report)
    before = factory.changed(report, "1-1-1-1", rating="B", result="見守りを12回行った。", name="見守りの始まり")
    editions.publish(replace(before, fiscal_year=2023, fiscal_year_label="令和5年度"))
    without = factory.report(
        [factory.goal(1, [factory.row("9-9-9-9")])], fiscal_year=2022, fiscal_year_label="令和4年度"
    )
    editions.publish(without)
    rows = get("initiative", code="1-1-1-1").select(".tbl tbody tr")
    assert [words(row) for row in rows] == [
        "令和6年度 評価A継続見守りを24回行った。",
        "令和5年度 評価B継続（見守りの始まり）見守りを12回行った。",
    ]
    assert rows[1].a["href"] == "/public/1/R5/initiatives/1-1-1-1/"
    gone = get("initiative", code="1-1-1-2")
    assert len(gone.select(".tbl tbody tr")) == 2


def test_a_rating_that_is_not_the_leads_is_told(editions, report, get):
    editions.publish(factory.changed(report, "1-1-1-1", rating="B"))
    assert "主担当課の自己評価はAでした。" in words(get("initiative", code="1-1-1-1").find("main"))
    assert "主担当課の自己評価" not in words(get("initiative", code="1-1-1-2").find("main"))


def test_year_in_which_an_initiative_was_left_out_is_told(editions, report, get):
    editions.publish(report)
    editions.publish(factory.report([], fiscal_year=2023, fiscal_year_label="令和5年度"))
    editions.publish(replace(report, fiscal_year=2022, fiscal_year_label="令和4年度"))
    rows = get("initiative", code="1-1-1-1").select(".tbl tbody tr")
    assert words(rows[1]) == "令和5年度 この年度の報告にはありません"
    assert words(rows[2]).startswith("令和4年度")


def test_initiative_of_several_departments_listed_twice(editions, get):
    owners = (
        factory.snapshot.Owner("高齢課", "lead", "R5より", ("市社協",)),
        factory.snapshot.Owner("防災課", "related", "", ()),
    )
    first = factory.row("1-1-1-1", owners=owners, result="【高齢課】訪ねた。\n【防災課】訓練した。")
    again = factory.row("2-1-1-1", original_code="1-1-1-1", result=first.result)
    editions.publish(factory.report([factory.goal(1, [first]), factory.goal(2, [again])]))
    facts = get("initiative", code="1-1-1-1").select_one(".facts")
    assert words(facts.dd) == "高齢課（R5より） いっしょに行う団体：市社協防災課"
    assert facts.select_one(".text:-soup-contains('訓練した')").text == first.result
    assert facts.select_one("a")["href"] == "/public/1/R6/initiatives/2-1-1-1/"
    assert get("initiative", code="2-1-1-1").select_one("a[href='/public/1/R6/initiatives/1-1-1-1/']")


def test_low_ratings_and_what_became_of_them(editions, report, get):
    before = factory.snapshot.LowBefore("1-1-1-1", "見守り", "C", "人が足りない。", "声をかける。", in_force=True)
    low = factory.changed(report, "1-1-1-2", rating="D", low_rating_reason="会場がなかった。")
    editions.publish(replace(low, scale=report.scale, low_before=(before,)))
    soup = get("low_rating_list")
    assert soup.h1.text == "評価がC・Dの取組の理由と、その後"
    assert "会場がなかった。" in words(soup.select_one("#h-low").parent)
    assert "Aに上がりました" in words(soup.select_one("#h-before").parent)


def test_committee(editions, report, get):
    editions.publish(replace(report, opinions=()))
    soup = get("committee")
    assert soup.h1.text == "見守り委員会は、こう見ました"
    assert [words(each) for each in soup.select("main section")] == [
        "全体について来年も続けましょう。", "目標1 見守るまち1よく続いています。", "目標2 見守るまち2よく続いています。",
    ]  # fmt: skip


def test_opinions_with_what_the_city_answers(editions, report, get):
    opinion = factory.snapshot.PublishedOpinion
    said = (
        opinion(1, "1-1-1-2", "第1112の見守り", "夜の見守りがほしい。", "adopted", "反映", "来年度から行います。"),
        opinion(None, "", "報告書の全体", "短くしてほしい。", "noted", "参考", "工夫します。"),
    )
    editions.publish(replace(report, opinions=said))
    section = get("committee").select_one("#h-opinions").parent
    assert words(section.p) == "「反映」が1件、「参考」が1件です。"
    assert [words(each) for each in section.select(".voices > li")] == [
        "第1112の見守り 夜の見守りがほしい。 市の考え方（反映）来年度から行います。",
        "報告書の全体 短くしてほしい。 市の考え方（参考）工夫します。",
    ]
    assert section.select_one("a")["href"] == "/public/1/R6/initiatives/1-1-1-2/"
    assert "夜の見守りがほしい。" in words(get("initiative", code="1-1-1-2").select_one("#h-o").parent)
    assert not get("initiative", code="1-1-1-1").select("#h-o")


def test_departments_lead_to_their_initiatives(editions, report, get, client):
    editions.publish(report)
    link = get("goal_list").select_one(".tbl tbody a")
    assert link.text == "みまもり課"
    assert "は8件です" in client.get(link["href"]).content.decode()


# --- Validators ---------------------------------------------------------------------------------------


def test_a_page_that_the_reader_has_is_not_sent_again(editions, report, client, at):
    editions.publish(report)
    first = client.get(at("overview"))
    assert first["Cache-Control"] == "public, no-cache"
    for header, value in (
        ("If-None-Match", first["ETag"]),
        ("If-None-Match", f'W/{first["ETag"]}, "x"'),
        ("If-Modified-Since", first["Last-Modified"]),
    ):
        again = client.get(at("overview"), headers={header: value})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    for header, value in (("If-None-Match", '"x"'), ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT")):
        assert client.get(at("overview"), headers={header: value}).content == first.content


def test_a_page_is_sent_packed_to_who_can_unpack_it(editions, report, client, at):
    editions.publish(report)
    plain = client.get(at("overview"))
    packed = client.get(at("overview"), headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert packed["ETag"] != plain["ETag"]
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3


def test_search_has_a_validator_too(editions, report, client, at):
    editions.publish(report)
    first = client.get(at("initiative_list"), {"q": "見守り"})
    again = client.get(at("initiative_list"), {"q": "見守り"}, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_a_new_edition_changes_every_page_at_once(editions, report, client, at):
    editions.publish(report)
    before = client.get(at("goal", goal=1))
    editions.publish(factory.changed(report, "1-1-1-1", rating="B"), number=2)
    after = client.get(at("goal", goal=1), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "4の取組のうち、3が" in after.content.decode()


# --- What is not there --------------------------------------------------------------------------------


def test_nothing_and_what_was_taken_back_are_the_same(editions, report, client, at):
    never = client.get(at("overview"))
    key = editions.publish(report)
    shown = client.get(at("overview"))
    editions.withdraw(key)
    addresses = [at(page, **about) for page, about in PAGES] + [
        at("overview", number=1),
        at("file", name="report.json"),
    ]
    gone = [client.get(address, headers={"If-None-Match": shown["ETag"]}) for address in addresses]
    assert shown.status_code == 200
    assert {each.status_code for each in (never, *gone)} == {404}
    assert {(each.content, str(sorted(each.items()))) for each in gone} == {(never.content, str(sorted(never.items())))}


@pytest.mark.parametrize(
    "address",
    [
        "/public/1/R5/", "/public/1/R6/v2/", "/public/2/R6/", "/public/1/R6/goals/9/", "/public/1/R6/indicators/I9/",
        "/public/1/R6/initiatives/9-9-9-9/", "/public/1/R6/files/secret.key", "/public/1/R99/", "/public/x", "/public/1/R6/../",
        "/public/1/R6/files/..%2f..%2fsecret_key", "/public/2/", "/public/1/R6/initiatives/%00/",
    ],
)  # fmt: skip
def test_no_such_page(editions, report, client, at, address):
    editions.publish(report)
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.content == client.get("/public/nothing/").content
    assert not list(cache.Path(cache.settings.PUBLIC_CACHE_DIR).rglob("*.part"))


def test_an_address_without_its_slash_leads_to_the_page(editions, report, client):
    editions.publish(report)
    for address in ("/public/1/R6", "/public/1/R6/goals"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (301, f"{address}/")


def test_short_addresses_lead_to_the_newest_year(editions, report, client):
    assert client.get("/public/").status_code == 404
    editions.publish(report)
    editions.publish(replace(report, fiscal_year=2023, fiscal_year_label="令和5年度"))
    for address in ("/public/", "/public/1/"):
        assert client.get(address)["Location"] == "/public/1/R6/"


def test_of_several_plans_there_is_a_choice(editions, report, client):
    editions.publish(report)
    later = replace(report, plan_name="みどり市次期計画", first_year=2024, fiscal_year=2024)
    editions.publish(later, plan=PlanFactory(pk=2, name="次期計画"))
    soup = BeautifulSoup(client.get("/public/").content, "lxml")
    assert [(link.text, link["href"]) for link in soup.select("h2 a")] == [
        ("みどり市次期計画", "/public/2/R6/"), ("みどり市見守り計画", "/public/1/R6/"),
    ]  # fmt: skip
    assert client.get("/public/1/")["Location"] == "/public/1/R6/"


def test_only_reading(editions, report, client, at):
    editions.publish(report)
    assert client.post(at("overview")).status_code == 405
    assert client.head(at("overview"))["ETag"] == client.get(at("overview"))["ETag"]


# --- Editions -----------------------------------------------------------------------------------------


def test_an_older_edition_says_that_there_is_a_newer_one(editions, report, get):
    editions.publish(report)
    editions.publish(factory.changed(report, "1-1-1-1", rating="B"), number=2)
    old, new, by_number = get("overview", number=1), get("overview"), get("overview", number=2)
    assert [each.h1.text[:9] for each in (old, new, by_number)] == [
        "8の取組のうち、7",
        "8の取組のうち、6",
        "8の取組のうち、6",
    ]
    assert "これは第1版です。" in old.select_one(".notice").text
    assert old.select_one(".notice a")["href"] == "/public/1/R6/"
    assert not new.select(".notice") and not by_number.select(".notice")
    assert old.select_one("link[rel=canonical]")["href"] == "/public/1/R6/v1/"
    assert by_number.select_one("link[rel=canonical]")["href"] == "/public/1/R6/"
    assert all("/v1/" in link["href"] for link in old.select(".goals a, .gnav a"))


# --- Files --------------------------------------------------------------------------------------------


def test_files_are_those_that_the_page_promises(editions, report, get, client):
    edition = editions.publish(report)
    contents = {"pdf": b"%PDF-1.7", "word": b"PK word", "excel": b"PK excel", "data": b"PK data"}
    for kind, content in contents.items():
        editions.build(edition, kind, content, pages=128 if kind == "pdf" else None)
    soup = get("downloads")
    links = [link["href"] for link in soup.select(".dl a")]
    sums = [code.text for code in soup.select("code")]
    answers = [client.get(link) for link in links]
    assert [sha256(answer.content).hexdigest() for answer in answers] == sums
    assert [answer.content for answer in answers[:4]] == list(contents.values())
    assert len(links) > 10
    assert words(soup.select_one(".dl")).startswith("推進状況報告書（PDF、読み上げに対応）128ページ 1KB")
    kinds = {answer["Content-Type"].partition(";")[0] for answer in answers}
    assert {"application/pdf", "application/zip", "application/json", "text/csv"} < kinds
    assert "filename*=utf-8''%E3%81%BF%E3%81%A9%E3%82%8A" in answers[0]["Content-Disposition"]
    again = client.get(links[0], headers={"If-None-Match": answers[0]["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_file_that_is_not_made_yet_comes_as_soon_as_it_is(editions, report, get, client, at):
    edition = editions.publish(report)
    assert "推進状況報告書（Word） 準備しています" in " ".join(
        words(each) for each in get("overview").select(".dl li")
    ).replace("準備", " 準備")
    assert client.get(at("file", name="report.docx")).status_code == 404
    editions.build(edition, "word", b"PK word")
    assert get("overview").select_one(f".dl a[href='{at('file', name='report.docx')}']")
    assert client.get(at("file", name="report.docx")).content == b"PK word"


def test_an_excerpt_is_no_file_of_the_edition(editions, report, client, at):
    editions.build(editions.publish(report), "pdf", b"%PDF", excerpt="department-1")
    assert client.get(at("file", name="report.pdf")).status_code == 404


def test_a_file_that_was_changed_on_the_disk_is_not_given_out(editions, report, client, at):
    build = editions.build(editions.publish(report), "pdf", b"%PDF-1.7")
    with open(build.file.path, "wb") as file:
        file.write(b"%PDF-other")
    assert client.get(at("file", name="report.pdf")).status_code == 404


def test_search_engines_are_told_of_the_data(editions, report, get, settings):
    settings.BASE_URL = "https://ayumi.example.jp"
    editions.publish(replace(report, publisher="みどり市</script><b>"))
    soup = get("overview")
    told = json.loads(soup.select_one("script[type='application/ld+json']").string)
    assert (told["@type"], told["version"], told["temporalCoverage"]) == ("Dataset", "1", "2024-04-01/2025-03-31")
    assert told["creator"]["name"] == "みどり市</script><b>"
    assert told["distribution"][0]["contentUrl"] == "https://ayumi.example.jp/public/1/R6/files/opendata.zip"
    assert soup.select_one("meta[property='og:url']")["content"] == "https://ayumi.example.jp/public/1/R6/"


def test_changes_from_the_edition_before(editions, report, get, client, at):
    editions.publish(report)
    assert client.get(at("changes")).status_code == 404
    editions.publish(factory.changed(report, "1-1-1-1", result="見守りを25回行った。"), number=2)
    soup = get("changes")
    assert soup.h1.text == "第1版から第2版で、1か所が変わりました"
    row = soup.select_one("tbody tr")
    assert row.a["href"] == "/public/1/R6/initiatives/1-1-1-1/"
    assert [(mark.name, mark.text) for mark in row.select("del, ins")] == [("del", "24"), ("ins", "25")]
    assert get("overview").select_one(".sec-head a[href='/public/1/R6/changes/']").text == "第1版から変わったところ"


def test_editions_of_all_years(editions, report, get):
    editions.publish(report)
    editions.publish(factory.changed(report, "1-1-1-1", rating="B"), number=2)
    editions.publish(replace(report, fiscal_year=2023, fiscal_year_label="令和5年度"))
    soup = get("edition_list")
    assert [words(year) for year in soup.select("h2")] == ["令和6年度", "令和5年度"]
    assert [link["href"] for link in soup.select(".dl a")] == [
        "/public/1/R6/v2/", "/public/1/R6/v2/changes/", "/public/1/R6/v1/", "/public/1/R5/v1/",
    ]  # fmt: skip
    assert "令和8年12月11日公表" in soup.select_one(".dl .meta").text


# --- やさしい日本語 -------------------------------------------------------------------------------------


def test_easy_japanese(editions, report, get, client, at):
    editions.publish(report)
    assert client.get(at("easy")).status_code == 404
    assert not get("overview").select(f"a[href='{at('easy')}']")
    section = factory.snapshot.Section("easy", "", "■これは何《なに》\n緑市《みどりし》の<b>計画《けいかく》です。")
    editions.publish(replace(report, sections=report.sections | {"easy": section}), number=2)
    soup = get("easy")
    assert soup.select_one(".easy h2").decode_contents() == "これは<ruby>何<rp>（</rp><rt>なに</rt><rp>）</rp></ruby>"
    assert [(ruby.contents[0], ruby.rt.text) for ruby in soup.select(".easy p ruby")] == [
        ("緑市", "みどりし"),
        ("計画", "けいかく"),
    ]
    assert "<b>計画" in soup.select_one(".easy p").text
    assert soup.select_one("meta[name=description]")["content"] == "■これは何 緑市の<b>計画です。"
    assert soup.select_one(".gnav a[aria-current]").text == "やさしい日本語"
    assert "計画です" not in get("text", part="all").text
