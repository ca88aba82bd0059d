"""For the public pages: {% load public %}."""

from django import template

from reporting.public.source import Site

register = template.Library()


@register.simple_tag(takes_context=True)
def at(context, page: str, **about) -> str:
    """{% at "goal" goal=1 %}: the address of a page of the edition that is shown."""
    site: Site = context["site"]
    return site.address(page, **about)
