"""Charts for pages of apps that stand left of this one and hand over plain data: {% load charts %}."""

from django import template
from django.utils.safestring import SafeString

from indicators import charts
from initiatives.pace import Course, day_words

register = template.Library()


@register.simple_tag
def pace_chart(course: Course, uid: str, width: int) -> SafeString:
    """{% pace_chart page.board.course "pace" 440 %}: the count day by day against the even pace."""
    return charts.pace(
        uid,
        "提出された件数の推移",
        [day_words(day) for day in course.days],
        course.done,
        course.total,
        (course.deadline - course.start).days,
        width=width,
    )
