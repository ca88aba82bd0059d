"""Download → upload unchanged is no change at all; filled, it is exactly what was filled."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives import parsing, saving
from initiatives.models import EntryPart, FieldChange, SurveyUpload
from initiatives.models.upload import AlreadyDone
from initiatives.survey import compare
from initiatives.survey.columns import FILLED
from tests.factories import UserFactory, make_deputy
from tests.initiatives.survey.sheets import cleansed, download, edited, filled, values
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db
S = EntryPart.Status


def kinds(seen) -> dict[tuple[str, str], str]:
    return {(cell.code, cell.name): cell.kind for cell in seen.cells if cell.kind != compare.UNCHANGED_CELL}


@pytest.fixture
def take_in(writer, plan_year):
    """take_in(content, answers) as `writer` agrees to the preview."""

    def take_in(content, answers=None, *, base=None):
        upload = SurveyUpload.keep(content, "調査票.xlsx", by=writer, plan_year=plan_year)
        base = compare.reread(upload, writer, plan_year).digest if base is None else base
        return compare.take_in(upload, answers or {}, base=base, by=writer, plan_year=plan_year)

    return take_in


def read(part) -> EntryPart:
    return EntryPart.objects.select_related("entry").get(pk=part.pk)


# --- Nothing changed ----------------------------------------------------------------------------------


def test_unchanged_is_no_change(content, look):
    seen = look(content)
    assert kinds(seen) == {}
    assert len(seen.unchanged) == 6 + 4 + 6  # of a joint row only what the department writes
    assert seen.changes_nothing


def test_unchanged_after_a_gateway_rewrote_it(content, look):
    assert kinds(look(cleansed(content))) == {}


def test_unchanged_after_openpyxl_saved_it(content, look):
    assert kinds(look(edited(content, lambda sheet: None))) == {}


def test_opened_and_saved_by_libreoffice(content, libreoffice, look, parts, plan_year, writer, department):
    """One conversion of a sheet with every nasty text: what is saved comes back unchanged, what was filled as filled."""
    nasty = "=1+1\n①㈱\ue000 ＡＢＣ  1,234\t'終わり & <b> _x0041_"
    saving.write(parts["1-1-1-1"], {"result": nasty, "next_target": "007"}, by=writer)
    again = filled(
        download(writer, plan_year, department),
        plan_year,
        {("1-1-1-2", "result"): "=HYPERLINK(1)", ("1-1-1-2", "self_rating"): "B"},
    )
    saved = libreoffice(again)
    assert saved != again
    seen = look(saved)
    assert kinds(seen) == {("1-1-1-2", "result"): compare.CHANGED, ("1-1-1-2", "self_rating"): compare.NEW}
    assert [cell.text for cell in seen.changes] == ["=HYPERLINK(1)", "B"]


LETTERS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n\t=+-@'＝①\ue000"), max_size=60
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(LETTERS, min_size=2, max_size=2))
def test_whatever_a_department_wrote_comes_back_to_the_byte(texts, parts, look, plan_year, writer, department):
    kept = []
    for text in texts:
        try:
            kept.append(parsing.clean_body(text))
        except parsing.ParsingError:
            kept.append("文")
    part = read(parts["1-1-1-1"])
    EntryPart.objects.filter(pk=part.pk).update(result=kept[0], issues=kept[1])
    content = download(writer, plan_year, department)
    assert kinds(look(content)) == {}
    assert kinds(look(cleansed(content))) == {}


# --- Filled ----------------------------------------------------------------------------------------------


def test_filled_cells_are_written_as_the_page_writes_them(content, plan_year, parts, take_in, writer):
    written = take_in(
        filled(
            content,
            plan_year,
            {
                ("1-1-1-1", "result"): "  12件行った。\r\n\r\n",
                ("1-1-1-1", "self_rating"): "Ｃ",
                ("1-1-1-1", "low_rating_reason"): "雨が多かった。",
                ("1-1-1-1", "issues"): "（消す）",
                ("1-1-1-2", "not_applicable_reason"): "今年は行わない。",
            },
        )
    )
    assert len(written) == 5
    part = read(parts["1-1-1-1"])
    assert (part.result, part.self_rating, part.issues) == ("  12件行った。", "C", "")
    assert (part.entry.low_rating_reason, part.entry.next_target) == ("雨が多かった。", "12件")
    assert read(parts["1-1-1-2"]).not_applicable_reason == "今年は行わない。"
    changes = FieldChange.objects.order_by("pk").values_list("field", "old", "new", "by", "source", "reason")
    how = (writer.pk, "import", "調査票のExcel")
    assert sorted(changes) == sorted([
        ("result", "10件行った。", "  12件行った。", *how),
        ("self_rating", "", "C", *how),
        ("issues", "課題がある。", "", *how),
        ("low_rating_reason", "", "雨が多かった。", *how),
        ("not_applicable_reason", "", "今年は行わない。", *how),
    ])  # fmt: skip
    assert (part.version, part.entry.version) == (2, 2)


def test_writing_makes_a_draft_and_never_sends(content, plan_year, parts, take_in, writer, department):
    EntryPart.objects.filter(pk=parts["1-1-1-1"].pk).update(status=S.NOT_STARTED)
    take_in(filled(content, plan_year, {("1-1-1-1", "result"): "書いた。"}))
    assert read(parts["1-1-1-1"]).status == S.DRAFT
    assert not read(parts["1-1-1-1"]).transitions.exists()
    EntryPart.objects.filter(pk=parts["1-1-1-2"].pk).update(status=S.RETURNED)
    take_in(filled(download(writer, plan_year, department), plan_year, {("1-1-1-2", "result"): "直した。"}))
    assert read(parts["1-1-1-2"]).status == S.RETURNED


def test_a_deputy_of_the_office_hands_in_with_both_names(content, plan_year, parts, coordinator, writer):
    make_deputy(writer, coordinator)
    again = filled(content, plan_year, {("1-1-1-1", "result"): "聞き取った。"})
    upload = SurveyUpload.keep(again, "調査票.xlsx", by=coordinator, plan_year=plan_year)
    base = compare.reread(upload, coordinator, plan_year).digest
    compare.take_in(upload, {}, base=base, by=coordinator, plan_year=plan_year)
    change = FieldChange.objects.get()
    assert (change.new, change.by, change.on_behalf_of) == ("聞き取った。", coordinator, writer)


def test_an_empty_cell_leaves_what_is_saved_and_says_so(content, plan_year, look):
    seen = look(filled(content, plan_year, {("1-1-1-1", "result"): None}))
    assert kinds(seen) == {}
    noted = [(cell.code, cell.name, cell.note) for cell in seen.cells if cell.note]
    assert noted == [("1-1-1-1", "result", "空のセルは変えません。消すときは「（消す）」と書いてください。")]


def test_a_text_that_is_the_clearing_word_stays(parts, plan_year, writer, department, look):
    EntryPart.objects.filter(pk=parts["1-1-1-1"].pk).update(result="（消す）")
    assert kinds(look(download(writer, plan_year, department))) == {}


def test_a_person_of_two_departments_may_fill_both_in_one_sheet(
    content, parts, plan_year, writer, other_department, take_in
):
    """Rows are known by their own department, wherever they stand."""
    writer.memberships.create(department=other_department)
    del writer._places
    other = download(writer, plan_year, other_department)
    row = values(other)[1]
    both = edited(content, lambda sheet: sheet.append(row))
    both = edited(both, lambda sheet: setattr(sheet.cell(5, 9), "value", "防災課の文"))
    take_in(both)
    entry = parts["1-1-1-2"].entry
    assert [part.result for part in entry.parts.order_by("position")] == ["防災課の文", "訓練をした。"]


# --- Somebody wrote in between ---------------------------------------------------------------------------


@pytest.fixture
def colleague(department):
    return UserFactory(name="同じ課の人", of=[department])


def test_the_same_cell_written_on_the_page_is_a_clash_with_both_texts(content, plan_year, parts, look, colleague):
    saving.write(read(parts["1-1-1-1"]), {"result": "画面の文"}, by=colleague)
    (cell,) = look(filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})).clashes
    assert (cell.saved, cell.text, cell.place) == ("画面の文", "Excelの文", "I2")


@pytest.mark.parametrize(("answer", "kept"), [("saved", "画面の文"), ("file", "Excelの文")])
def test_a_clash_is_decided_by_the_person(answer, kept, content, plan_year, parts, take_in, colleague):
    saving.write(read(parts["1-1-1-1"]), {"result": "画面の文"}, by=colleague)
    take_in(filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"}), {"clash-I2": answer})
    assert read(parts["1-1-1-1"]).result == kept


def test_without_a_decision_nothing_is_written(content, plan_year, parts, take_in, colleague):
    saving.write(read(parts["1-1-1-1"]), {"result": "画面の文"}, by=colleague)
    before = everything()
    both = {("1-1-1-1", "result"): "Excelの文", ("1-1-1-2", "result"): "ほかの行"}
    with pytest.raises(compare.Undecided):
        take_in(filled(content, plan_year, both))
    assert everything() == before


def test_a_cell_left_alone_never_carries_its_old_text_over_a_newer_one(
    content, plan_year, parts, take_in, look, colleague
):
    saving.write(read(parts["1-1-1-1"]), {"result": "画面の文"}, by=colleague)
    again = filled(content, plan_year, {("1-1-1-1", "issues"): "Excelの課題"})
    assert kinds(look(again)) == {("1-1-1-1", "issues"): compare.CHANGED}
    take_in(again)
    part = read(parts["1-1-1-1"])
    assert (part.result, part.issues) == ("画面の文", "Excelの課題")


def test_both_wrote_the_same_is_no_clash(content, plan_year, parts, look, colleague):
    saving.write(read(parts["1-1-1-1"]), {"result": "同じ文"}, by=colleague)
    assert kinds(look(filled(content, plan_year, {("1-1-1-1", "result"): "同じ文"}))) == {}


def test_a_change_after_the_preview_takes_nothing_in(content, plan_year, parts, take_in, look, colleague):
    again = filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})
    base = look(again).digest
    saving.write(read(parts["1-1-1-2"]), {"issues": "あとから"}, by=colleague)
    before = everything()
    with pytest.raises(compare.ChangedMeanwhile):
        take_in(again, base=base)
    assert everything() == before
    assert SurveyUpload.objects.get().status == SurveyUpload.Status.PREVIEWED


@pytest.mark.parametrize("what", ["submitted", "deadline", "year"])
def test_closed_after_the_preview_takes_nothing_in(what, content, plan_year, parts, take_in, look):
    again = filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})
    base = look(again).digest
    if what == "submitted":
        EntryPart.objects.filter(pk=parts["1-1-1-1"].pk).update(status=S.SUBMITTED)
    elif what == "deadline":
        plan_year.department_deadline = timezone.localdate() - timedelta(days=1)
    else:
        plan_year.status = "reviewing"
    plan_year.save()
    before = everything()
    with pytest.raises((compare.ChangedMeanwhile, compare.Undecided)):
        take_in(again, base=base)
    assert everything() == before


def test_a_file_is_taken_in_once(content, plan_year, writer, look):
    again = filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})
    upload = SurveyUpload.keep(again, "調査票.xlsx", by=writer, plan_year=plan_year)
    base = look(again).digest
    compare.take_in(upload, {}, base=base, by=writer, plan_year=plan_year)
    with pytest.raises(AlreadyDone):
        compare.take_in(upload, {}, base=base, by=writer, plan_year=plan_year)
    assert FieldChange.objects.count() == 1


def test_another_file_in_its_place_is_not_taken_in(content, plan_year, writer, look):
    upload = SurveyUpload.keep(content, "調査票.xlsx", by=writer, plan_year=plan_year)
    with open(upload.file.path, "wb") as file:
        file.write(filled(content, plan_year, {("1-1-1-1", "result"): "すりかえた文"}))
    with pytest.raises(compare.WorkbookRefused, match="選んだときのファイルが残っていません。"):
        compare.take_in(upload, {}, base=look(content).digest, by=writer, plan_year=plan_year)


def test_files_of_an_older_key_are_still_known(content, settings, look):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-" + "x" * 40
    assert kinds(look(content)) == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_preview_do_not_grow(rows, content, plan_year, look, writer, django_assert_num_queries):
    def cut(sheet):
        if rows < 3:
            sheet.delete_rows(2 + rows, 3 - rows)

    again = edited(filled(content, plan_year, {("1-1-1-1", name): "C" for name in FILLED}), cut)
    plan_year.plan.scale  # noqa: B018  read once for the page
    with django_assert_num_queries(3):  # the person, the departments, the parts
        assert len(look(again).changes) == 6
