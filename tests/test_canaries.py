"""Nothing hidden gets out: every page, file, search, mail and report is searched for the planted texts.

tests/test_access_matrix.py scans what it is answered about the parts of one department; here every address of
tests/access.csv is opened by everybody.
"""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse

from initiatives.models import Attachment, EntryPart, Initiative, Notice, YearlyEntry
from initiatives.notices import delivery, outbox, words
from reporting.assemble import assemble
from reporting.files import KINDS
from reporting.models import ReportEdition
from reporting.opendata import TABLES
from reviews.models import CommitteeRating, FollowUp, Inquiry
from tests.access_city import CO_OWNER, OTHER, OWN, STATES, City, undone
from tests.canaries import MARK, Canary, Person, body_of, may_read, names_in

pytestmark = pytest.mark.either

ROWS = list(csv.DictReader((Path(__file__).parent / "access.csv").open(encoding="utf-8")))
READERS = [
    "担当者", "課長", "課長の代理", "関係課の担当者", "他課の担当者", "終わった代理", "福祉総務課", "委員", "システム管理者",
    "止められた人", "サインインしていない人",
]  # fmt: skip
COLUMNS = "?per=all&column=code&column=result&column=issues&column=next_target&column=rating"
# The same page in other words.
ALSO = {
    "initiatives:entry_list": [COLUMNS, f"{COLUMNS}&rating=C"],
    "initiatives:entry_list_excel": [COLUMNS],
    "initiatives:survey_print": ["?blank=1"],
    "initiatives:review_part": ["?with=last"],
    "public:initiative_list": ["?q=検知", "?q=検知&years=all"],
}


def _places(city: City) -> dict[str, list[dict]]:
    """What the words of the column `target` stand for in this city: everything that an address can be about."""
    plan = {"plan_id": city.plan.pk}
    years = [plan | {"fiscal_year": year} for year in city.years]
    # The parts of OWN alone are the matrix's.
    parts = EntryPart.objects.exclude(entry__in=[spot.entry for spot in city.spots.values()])
    parts = [
        (part, plan | {"fiscal_year": part.entry.fiscal_year, "pk": part.pk}) for part in parts.select_related("entry")
    ]
    files = Attachment.objects.filter(part__in=[part for part, _ in parts]).select_related("part__entry")
    entries = YearlyEntry.objects.all()
    departments = list(city.departments.values())
    surveys = [year | {"department_id": department.pk} for year in years for department in departments]
    initiatives = Initiative.objects.filter(original__isnull=True).prefetch_related("owners")
    first = parts[0][1]
    editions = [
        plan | {"fiscal_year": each.plan_year.fiscal_year, "number": each.number}
        for each in ReportEdition.objects.select_related("plan_year")
    ]
    return {
        "-": [{}],
        "年度": years,
        "受付中の年度の開始": [years[0] | {"action": "start"}],
        "審議中の年度の指摘": [years[2] | {"key": "0" * 24}],
        "審議中の報告書のファイル": [year | {"kind": kind} for year in years for kind in KINDS if kind != "pdf"],
        "取組": [plan | {"fiscal_year": entry.fiscal_year, "pk": entry.initiative_id} for entry in entries],
        "ない取組": [years[0] | {"pk": 10**6}],
        "記入": [place for _, place in parts],
        "書きかけの記入を承認": [first | {"action": "approve"}],
        "課の調査票": surveys,
        "確認待ちの調査票": [years[0] | {"pk": city.upload.pk}],
        "資料": [plan | {"fiscal_year": file.part.entry.fiscal_year, "pk": file.pk} for file in files],
        "指標": [year | {"pk": city.indicator.pk} for year in years],
        "読むもの": [plan | {"fiscal_year": e.fiscal_year, "key": f"initiative-{e.initiative_id}"} for e in entries],
        "読む章": [year | {"key": "chapter-1-vision"} for year in years],
        "読む指標": [year | {"key": f"indicator-{city.indicator.pk}"} for year in years],
        "読む目標": [year | {"key": key} for year in years for key in ("goal-1", "report")],
        "ない読むもの": [years[2] | {"key": "chapter-1-overall"}],
        "答えた意見": [plan | {"fiscal_year": 2023, "pk": city.opinions[0].pk}],
        "ない意見": [years[2] | {"pk": 10**6}],
        "課への依頼": [
            plan | {"fiscal_year": asked.plan_year.fiscal_year, "pk": asked.pk}
            for asked in Inquiry.objects.select_related("plan_year")
        ],
        "講評": [year | {"goal": goal} for year in years for goal in (0, 1)],
        "ない講評": [years[2] | {"goal": 9}],
        "委員が評価した取組": [
            plan | {"fiscal_year": rated.plan_year.fiscal_year, "pk": rated.initiative_id}
            for rated in CommitteeRating.objects.select_related("plan_year")
        ],
        "会議": [years[2] | {"pk": city.meeting.pk}],
        "会議の資料": [years[2] | {"pk": city.meeting.snapshots.get().pk}],
        "ない会議の資料": [years[2] | {"pk": 10**6}],
        "引き継ぎ": [years[0] | {"pk": FollowUp.objects.first().pk}],
        "委員の意見": [plan | {"fiscal_year": said.plan_year.fiscal_year, "pk": said.pk} for said in city.opinions],
        "章": [year | {"goal": 1, "kind": "vision"} for year in years],
        "ない章": [years[0] | {"goal": 1, "kind": "overall"}],
        "用語": [years[0] | {"pk": city.term.pk}],
        "知らせたメール": [years[0] | {"pk": Notice.objects.first().mail_id}],
        "公表の版": editions[:1],
        "確定の版": editions[:1],
        "公表の版の再開": [each | {"action": "reopen"} for each in editions[:1]],
        "公開の計画": [plan],
        "公開の年度": years,
        "公開していない年度": years,
        "市民の意見": [plan | {"fiscal_year": 2022, "pk": city.voice.pk}],
        "ない市民の意見": [years[0] | {"pk": 10**6}],
        "公開の目標": [year | {"goal": 1} for year in years],
        "公開の指標": [year | {"code": city.indicator.code} for year in years],
        "公開の取組": [year | {"code": initiative.code} for year in years for initiative in initiatives],
        "公開していない取組": [years[0] | {"code": initiatives[0].code}],
        "公開の文字": [year | {"part": "all"} for year in years],
        "公開のファイル": [year | {"name": "report.json"} for year in years],
        "公開の表": [year | {"table": table.name} for year in years for table in TABLES],
        "公開していない住所": [{"rest": "nothing/"}],
        "作成": [{"pk": city.build.pk}],
        "公表の版のファイル": [{"pk": city.file.pk}],
        "確定の版のファイル": [{"pk": city.build.pk}],
        "確認待ちの取り込み": [{"pk": city.waiting.pk}],
        "済んだ取り込み": [{"pk": city.taken_in.pk}],
        "利用者": [{"pk": city.user("担当者").pk}],
        "代理": [{"pk": 1}],
        "課の引継ぎメモ": [{"department_id": department.pk} for department in departments],
        "取組の引継ぎメモ": [
            {"department_id": owner.department_id, "initiative_id": initiative.pk}
            for initiative in initiatives
            for owner in initiative.owners.all()[:1]
        ],
        "課": [{"pk": department.pk} for department in departments],
    }


def _addresses(city: City) -> list[str]:
    """Every address of the table that answers a GET, about everything it can be about; of the others one each."""
    places, found = _places(city), {}
    for row in ROWS:
        if row["method"] != "GET":
            continue
        target = row["target"]
        if target not in places:  # 受付中の年度, 書きかけの資料: one of many
            target = max((name for name in places if target.endswith(name)), key=len)
        about = places[target] if "200" in row.values() or "302" in row.values() else places[target][:1]
        for place in about:
            address = reverse(row["name"], kwargs=place)
            found |= dict.fromkeys([address, *(address + query for query in ALSO.get(row["name"], []))])
    return list(found)


@pytest.mark.django_db
@pytest.mark.parametrize("reader", READERS)
def test_no_page_tells_what_is_not_for_its_reader(reader, access_city, heard):
    city, actor = access_city, access_city.actors[reader]
    leaks, looked_at, met = [], city.scanner.looked_at, city.scanner.met
    addresses = _addresses(city)
    for address in addresses:
        with undone():
            leaks += [
                (address, leak) for leak in city.scanner.leaks_of_response(actor.person, actor.client.get(address))
            ]
    assert leaks == []
    assert [record.getMessage() for record in heard if MARK in record.getMessage()] == []
    met = city.scanner.met - met
    assert met  # outside, what is public
    print(
        f"{reader}：{len(addresses)}の住所で漏れ0（調べたもの{city.scanner.looked_at - looked_at}、出会った検知の文{met}）"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["担当者", "関係課の担当者", "他課の担当者", "福祉総務課", "委員", "システム管理者"])
def test_search_finds_only_what_may_be_read(reader, access_city):
    city, actor = access_city, access_city.actors[reader]
    wrong, count = [], 0
    for canary in city.scanner.planted.values():
        if canary.state not in STATES or canary.department not in (OWN, CO_OWNER, OTHER):
            continue
        if canary.place not in (
            "実績",
            "課題",
            "分けない実績",
            "次年度の目標",
            "差戻しの理由",
            "やりとり",
            "資料の名前",
        ):
            continue
        year = STATES[canary.state][0]
        with undone():
            address = reverse("initiatives:entry_list", args=[city.plan.pk, year])
            answer = actor.client.get(address, {"q": canary.text, "column": ["code", "result", "issues"]})
            wrong += city.scanner.leaks_of_response(actor.person, answer, said=canary.text)
        count += 1
        if answer.status_code == 404:
            assert actor.person.side == "委員" and year in (2025, 2024)
            continue
        searched = canary.place in ("実績", "課題", "分けない実績")
        if bool(answer.context["found"]) != (searched and may_read(actor.person, canary)):
            wrong.append(canary.text)
    assert wrong == []
    print(f"{reader}：{count}の言葉で探して、まちがい0")


@pytest.mark.django_db
def test_mails_hold_nothing_of_what_was_written(access_city, settings):
    settings.MAIL, settings.BASE_URL = "smtp", "https://ayumi.city.example.jp"
    settings.DEFAULT_FROM_EMAIL = "ayumi@city.example.jp"
    city, year = access_city, access_city.years[2025]
    with undone():
        for name, who in (("提出済", "福祉総務課"), ("課長確認中", "課長")):
            spot = city.spots[name]
            address = reverse("initiatives:part_transition", args=[city.plan.pk, 2025, spot.part.pk, "return"])
            typed = {"version": spot.part.version, "reason": spot.canary("差戻しの理由"), "comment-result": MARK}
            assert city.actors[who].client.post(address, typed).status_code == 302
        outbox.put(outbox.reminder(year, by=city.user("福祉総務課"), words=words.of(year, "reminder"), departments=()))
        delivery.deliver()
    sent = [str(letter.message()) + letter.subject + letter.body for letter in mail.outbox]
    assert len(sent) >= 4
    # What 福祉総務課 wrote to all of them is theirs to read, and nothing else is.
    allowed = {
        canary.text for canary in city.scanner.planted.values() if canary.place in ("知らせのはじめ", "知らせのおわり")
    }
    assert {name for letter in sent for name in names_in(letter)} <= allowed
    assert any(names_in(letter) for letter in sent)
    print(f"メール{len(sent)}通：漏れ0")


@pytest.mark.django_db
def test_report_holds_only_what_was_approved(access_city):
    member = Person("市民", "委員")  # whoever reads the report reads no more than a member of the committee
    for plan_year in access_city.years.values():
        found = names_in(repr(assemble(plan_year)))
        hidden = [access_city.scanner.planted[name] for name in found]
        hidden = [canary for canary in hidden if not (canary.approved and canary.kind == "文") and canary.place != "章"]
        assert hidden == []
        approved = any(year == plan_year.fiscal_year for year, status in STATES.values() if status == "approved")
        assert any(access_city.scanner.planted[name].place == "実績" for name in found) == approved
        if plan_year.is_locked:
            planted = (access_city.scanner.planted[name] for name in found)
            assert [canary for canary in planted if canary.place != "章" and not may_read(member, canary)] == []


# --- The scanner itself -------------------------------------------------------------------------------

HIDDEN = Canary("高齢課", "作成中", "実績", kind="文")


def _xlsx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{HIDDEN.text}</t>")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        HIDDEN.text,
        HIDDEN.text.encode(),
        f"<p>{HIDDEN.text[:9]}<del>{HIDDEN.text[9:]}</del></p>".encode(),
        json.dumps({"text": HIDDEN.text}).encode(),
        "".join(f"&#{ord(letter)};" for letter in HIDDEN.text).encode(),
        _xlsx(),
    ],
    ids=["text", "bytes", "torn by tags", "json", "entities", "xlsx"],
)
def test_scanner_finds_a_text_however_it_is_written(content):
    assert HIDDEN.text in names_in(content)


def test_scanner_takes_half_a_name_for_a_leak(access_city):
    person = access_city.actors["福祉総務課"].person
    assert access_city.scanner.leaks(person, f"{MARK}-高齢課-作") == {MARK}


@pytest.mark.django_db
def test_scanner_notices_an_open_list(access_city, monkeypatch):
    monkeypatch.setattr("initiatives.permissions.can_read", lambda *args: True)
    actor = access_city.actors["他課の担当者"]
    with undone():
        answer = actor.client.get(reverse("initiatives:entry_list", args=[access_city.plan.pk, 2025]) + COLUMNS)
    leaks = access_city.scanner.leaks_of_response(actor.person, answer)
    assert {access_city.scanner.planted[leak].place for leak in leaks} >= {"実績", "課題", "次年度の目標"}
    assert body_of(answer)
