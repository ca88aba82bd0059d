"""The lengths that the writing page names are those of the printed table."""

import re

import pytest
from django.conf import settings

from initiatives import printed_box
from reporting.pdf import table
from tests.reporting import pdf_factory as made

STYLE = (settings.BASE_DIR / "templates/reporting/print/print.css").read_text()
POINT = 25.4 / 72  # mm


def printed_line(kind: str) -> int:
    """Full-width characters in a line of a column, from the columns' widths and the style sheet."""
    size = float(re.search(r"^\.w \{ font-size: ([\d.]+)pt", STYLE, re.MULTILINE)[1]) * POINT
    padding = float(re.search(r"^\.w th, \.w td \{ padding: [\d.]+mm ([\d.]+)mm", STYLE, re.MULTILINE)[1])
    report = made.report([made.goal(1, [made.row("1-1-1-1")])])
    columns = table.columns(report.goals[0], report)
    rest = table.TABLE_WIDTH - sum(column.width for column in columns)
    width = next(column.width for column in columns if column.kind == kind) or rest
    return int((width - 2 * padding) / size)


@pytest.mark.parametrize(
    ("name", "kind"), [("result", "result"), ("issues", "issues"), ("low_rating_reason", "issues")]
)
def test_a_line_is_as_long_as_in_print(name, kind):
    assert printed_box.LINE[name] == printed_line(kind)


def test_readable_lengths():
    assert {name: printed_box.readable(name) for name in printed_box.LINE} == {
        "result": 250,
        "issues": 130,
        "low_rating_reason": 130,
    }
