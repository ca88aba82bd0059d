"""Charts as SVG: pure functions without JavaScript; the same string goes into the page and into the PDF.

Colours are literal and every look is a presentation attribute, because the pages' security policy refuses
style="" and because CSS variables do not reach SVG attributes in the PDF engine. Each chart has a <title> and a
<desc> that reads the numbers; the caller prints the same numbers in a table beside it. Ids begin with `uid`,
which the caller keeps unique within a page. A value of None is a gap, never zero.
"""

from indicators.charts.axis import Axis, axis_for
from indicators.charts.indicator import actual_vs_target, axis_note, indicator_axis
from indicators.charts.pace import pace, spark
from indicators.charts.ratings import rating_rows

__all__ = ["Axis", "actual_vs_target", "axis_for", "axis_note", "indicator_axis", "pace", "rating_rows", "spark"]
