"""The coordinator's screens: choose, look, answer, confirm, see the result."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Department, User
from initiatives.models import EntryPart, FieldChange, Initiative, Plan, YearlyEntry
from reporting.models import ReportImport
from tests.factories import PlanYearFactory, UserFactory
from tests.reporting.importing import broken, small
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db
NEW = reverse("reporting:import_new")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT / "imports"


@pytest.fixture
def coordinator(client):
    person = UserFactory(role=User.Role.COORDINATOR)
    client.force_login(person)
    return person


def choose(client, content=None, year="R6", name="取組調査票_R6.xlsx"):
    file = SimpleUploadedFile(name, content or small.content())
    return client.post(NEW, {"fiscal_year": year, "file": file})


def confirm(client, upload, base=None):
    if base is None:
        base = client.get(reverse("reporting:import_preview", args=[upload.pk])).context["seen"].digest
    return client.post(reverse("reporting:import_confirm", args=[upload.pk]), {"base": base})


def test_from_file_to_result(client, coordinator, files):
    response = choose(client)
    upload = ReportImport.objects.get()
    assert response.url == reverse("reporting:import_preview", args=[upload.pk])
    page = client.get(response.url)
    assert page.status_code == 200
    assert "取り込むと、" in page.content.decode()
    assert not Initiative.objects.exists()
    response = confirm(client, upload)
    assert response.url == reverse("reporting:import_result", args=[upload.pk])
    upload.refresh_from_db()
    assert (upload.status, upload.applied_by, upload.plan_year.fiscal_year) == ("applied", coordinator, 2024)
    assert Initiative.objects.count() == 5
    assert set(EntryPart.objects.values_list("approved_by", flat=True)) == {coordinator.pk}
    result = client.get(response.url)
    assert [goal["ratings"] for goal in result.context["summary"]["goals"]] == [[1, 1, 1, 0], [2, 0, 0, 0]]
    assert "課ごとに分けられず、まとめたままにした欄" in result.content.decode()


def test_changes_are_shown_by_character(client, coordinator, take):
    take()
    book = small.workbook()
    book["目標1"]["K6"] = "参加者が15人と少ない。"
    page = client.get(choose(client, small.content(book)).url).content.decode()
    assert "<ins>15人と</ins>" in page
    assert "取り込むと、1件が変わります" in page


def test_second_confirm_does_nothing(client, coordinator):
    choose(client)
    upload = ReportImport.objects.get()
    base = client.get(reverse("reporting:import_preview", args=[upload.pk])).context["seen"].digest
    confirm(client, upload, base)
    before = everything()
    assert confirm(client, upload, base).url == reverse("reporting:import_result", args=[upload.pk])
    assert everything() == before


def test_confirm_after_somebody_changed_a_row(client, coordinator, take):
    take()
    choose(client, broken.cell("目標1", "H4", "新しい目標"))
    upload = ReportImport.objects.get()
    base = client.get(reverse("reporting:import_preview", args=[upload.pk])).context["seen"].digest
    YearlyEntry.objects.filter(initiative__code="1-1-2-1").update(version=2)
    before = everything()
    response = confirm(client, upload, base)
    assert response.status_code == 409
    assert "確認のあとで、ほかの人が変えました。何も取り込んでいません。" in response.content.decode()
    assert everything() == before
    assert confirm(client, upload, response.context["seen"].digest).status_code == 302
    assert YearlyEntry.objects.get(initiative__code="1-1-1-1").next_target == "新しい目標"


def test_confirm_without_a_preview(client, coordinator, take):
    take()
    choose(client, broken.cell("目標1", "H4", "新しい目標"))
    before = everything()
    assert confirm(client, ReportImport.objects.get(), "").status_code == 409
    assert everything() == before


def test_confirm_after_the_file_changed(client, coordinator):
    choose(client)
    upload = ReportImport.objects.get()
    base = client.get(reverse("reporting:import_preview", args=[upload.pk])).context["seen"].digest
    with open(upload.file.path, "wb") as file:
        file.write(broken.cell("目標1", "H4", "すりかえ"))
    response = confirm(client, upload, base)
    assert response.status_code == 422
    assert "選んだときのファイルが残っていません。" in response.content.decode()
    assert not Initiative.objects.exists()
    upload.refresh_from_db()
    assert upload.status == "previewed"


def test_refused_file_is_not_kept(client, coordinator, files):
    response = choose(client, broken.cell("目標1", "J4", "E"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "取り込めないところが1つあります。まだ何も変わっていません" in text
    assert "評価「E」は使えません。A、B、C、Dのどれか1つを書いてください。" in text
    assert not ReportImport.objects.exists()
    assert not files.exists()


def test_refused_kind_of_file(client, coordinator):
    text = choose(client, b"%PDF-1.7").content.decode()
    assert "これはPDFファイルです。読めるのはExcel（.xlsx）だけです。データは何も変わっていません。" in text


@pytest.mark.parametrize(
    ("year", "words"),
    [
        ("らいねん", "「らいねん」は年度として読めません。"),
        ("", "年度を書いてください。"),
        ("R7", "令和7年度の取り込みです。"),
    ],
)
def test_year_that_does_not_fit(client, coordinator, year, words):
    response = choose(client, year=year)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_unknown_department_is_answered(client, coordinator, take):
    take()
    url = choose(client, broken.cell("目標1", "E4", "福祉かい課\n(市社協)")).url
    page = client.get(url)
    assert [str(question.name) for question in page.context["seen"].questions] == ["福祉かい課"]
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"q0": "福祉課"}).status_code == 302
    assert client.get(url).context["seen"].changed == 0
    url = choose(client, broken.cell("目標1", "E4", "福祉かい課\n(市社協)")).url
    client.post(url, {"q0": "+"})
    confirm(client, ReportImport.objects.first())
    assert Department.objects.filter(name="福祉かい課").exists()


def test_confirm_with_an_open_question(client, coordinator, take):
    take()
    choose(client, broken.cell("目標1", "E4", "福祉かい課"))
    upload = ReportImport.objects.get()
    before = everything()
    digest = client.get(reverse("reporting:import_preview", args=[upload.pk])).context["seen"].digest
    assert confirm(client, upload, digest).status_code == 422
    assert everything() == before
    upload.refresh_from_db()
    assert upload.status == "previewed"


def test_abandoned_and_older_files_are_removed(client, coordinator, files):
    first = choose(client)
    assert len(list(files.iterdir())) == 1
    choose(client, broken.cell("目標1", "H4", "別"))
    assert len(list(files.iterdir())) == 1
    assert list(ReportImport.objects.order_by("pk").values_list("status", flat=True)) == ["abandoned", "previewed"]
    assert client.get(first.url).url == first.url + "result/"
    upload = ReportImport.objects.first()
    assert client.post(reverse("reporting:import_abandon", args=[upload.pk])).url == NEW
    assert list(files.iterdir()) == []
    assert "この取り込みは、やめました。何も変わっていません" in client.get(first.url, follow=True).content.decode()


def test_history_names_the_coordinator(client, coordinator, take):
    take()
    choose(client, broken.cell("目標1", "H5", "5回"))
    confirm(client, ReportImport.objects.get())
    change = FieldChange.objects.get()
    assert (change.by, change.old, change.new) == (coordinator, "4回", "5回")


def test_another_coordinator_sees_it(client, coordinator):
    url = choose(client).url
    client.force_login(UserFactory(role=User.Role.COORDINATOR))
    assert client.get(url).status_code == 200


PAGES = ["import_new", "import_preview", "import_confirm", "import_abandon", "import_result"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [role for role in User.Role if role != User.Role.COORDINATOR])
def test_coordinators_only(client, coordinator, name, role):
    choose(client)
    args = [] if name == "import_new" else [ReportImport.objects.get().pk]
    client.force_login(UserFactory(role=role))
    method = client.post if name in ("import_confirm", "import_abandon") else client.get
    assert method(reverse(f"reporting:{name}", args=args)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_sign_in_is_needed(client, coordinator, name):
    choose(client)
    args = [] if name == "import_new" else [ReportImport.objects.get().pk]
    client.logout()
    url = reverse(f"reporting:{name}", args=args)
    assert client.get(url).url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("name", ["import_confirm", "import_abandon"])
def test_get_on_a_post_page(client, coordinator, name):
    choose(client)
    assert client.get(reverse(f"reporting:{name}", args=[ReportImport.objects.get().pk])).status_code == 405


def bar(client, address):
    row = BeautifulSoup(client.get(address).content, "html.parser").select_one(".context__row")
    return row and " ".join(row.get_text(" ", strip=True).split())


def test_context_bar_shows_the_year_that_is_imported(client, coordinator):
    choose(client)
    upload = ReportImport.objects.get()
    assert (
        bar(client, reverse("reporting:import_preview", args=[upload.pk]))
        == "みなと市福祉計画 令和6年度実施分 取り込み前"
    )
    confirm(client, upload)
    other = PlanYearFactory(plan=Plan.objects.get(), fiscal_year=2023)
    client.get(reverse("initiatives:year_home", args=[other.plan_id, other.fiscal_year]))
    result = bar(client, reverse("reporting:import_result", args=[upload.pk]))
    assert result.startswith("みなと市福祉計画 令和6年度実施分 確認中")
    client.get(reverse("initiatives:year_home", args=[other.plan_id, other.fiscal_year]))
    choose(client)
    again = ReportImport.objects.order_by("-pk").first()
    assert (
        bar(client, reverse("reporting:import_preview", args=[again.pk])) == "みなと市福祉計画 令和6年度実施分 確認中"
    )
