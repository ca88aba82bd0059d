"""All or nothing: one bad cell anywhere, and nothing of the file comes in; the refusal names that very cell."""

import pytest

from reporting.importing.source import Refused
from tests.reporting.importing import small
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db
# Not read at all, or read as what it shows: titles and headings, merged blocks, printed rates and ratings.
CELLS = [
    *((f"目標{goal}", f"{letter}{row}") for goal, rows, letters in ((1, (4, 5, 6), "BCDEFGHIJK"), (2, (4, 6), "BCDEFGHIJK"))
      for row in rows for letter in letters),
    *(("成果指標", f"{letter}{row}") for row in (7, 8, 17, 18, 19, 20) for letter in "BCDE"),
]  # fmt: skip


def test_formula_in_any_cell(take):
    take()
    before = everything()
    wrong = []
    for sheet, name in CELLS:
        book = small.workbook()
        book[sheet][name] = "=1+1"
        try:
            take(book)
        except Refused as refused:
            told = [str(problem) for problem in refused.problems]
        else:
            told = []
        if not any(f"シート「{sheet}」の{name}（" in words and "計算式が入っています" in words for words in told):
            wrong.append((sheet, name, told))
    assert (len(CELLS), wrong) == (74, [])
    assert everything() == before
