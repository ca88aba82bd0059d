"""What the committee brings to pages of apps that stand left of this one: {% load committee %}."""

from django import template

from initiatives.models import EntryPart, PlanYear
from reviews import following, permissions

register = template.Library()


@register.inclusion_tag("reviews/_follow_ups.html", takes_context=True)
def follow_ups(context, part: EntryPart, plan_year: PlanYear) -> dict:
    """{% follow_ups part plan_year %}: what the committee asked for in earlier years, for those who write the part."""
    user = context["request"].user
    left = following.beside(part.entry.initiative_id, plan_year)
    return {
        "follow_ups": [each for each in left if permissions.can_view_follow_up(user, each, part)],
        "plan_year": plan_year,
    }
