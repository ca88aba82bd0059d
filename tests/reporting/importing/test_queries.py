import pytest

from reporting.importing.compare import preview
from reporting.importing.directory import read_directory
from reporting.importing.workbook import read_workbook
from tests.reporting.importing import small

pytestmark = pytest.mark.django_db


def test_preview_of_a_new_plan(django_assert_num_queries):
    source = read_workbook(small.content(), 2024)
    with django_assert_num_queries(3):
        preview(source)


def test_preview_of_a_known_plan(take, django_assert_num_queries):
    take()
    book = small.workbook()
    for row in (4, 5, 6):
        book["目標1"].cell(row, 7, "別の目標")
    source = read_workbook(small.content(book), 2024)
    with django_assert_num_queries(8):
        assert preview(source, with_digest=True).changed == 3


def test_preview_of_a_directory(take, directory, django_assert_num_queries):
    take()
    source = read_directory(directory, 2024)
    with django_assert_num_queries(9):
        preview(source)
