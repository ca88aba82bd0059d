from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from initiatives import board, later, listing, permissions, plan_years
from initiatives import home as homes
from initiatives.detail import entry_page
from initiatives.forms import EntryFilterForm
from initiatives.gate import only_for
from initiatives.models import EntryPart, Initiative, PlanYear
from initiatives.notices.todo import todo_for
from initiatives.plan_years import with_plan_year
from initiatives.tables import EntryTable
from initiatives.workbook_writer import Sheet, write_book, xlsx_response

PER_PAGE = 50


def home(request):
    """The year that is under way, or words on how to begin when there is none."""
    plan_year = plan_years.current(request)
    if plan_year is None:
        return render(
            request, "initiatives/home_empty.html", {"can_import": permissions.can_import_report(request.user)}
        )
    return redirect("initiatives:year_home", plan_id=plan_year.plan_id, fiscal_year=plan_year.fiscal_year)


@with_plan_year
def year_home(request, plan_year):
    """ホーム: what this person has to do in this year."""
    rows = listing.rows_of(plan_year, request.user)
    asks = later.asks_of(request.user, plan_year)
    page = homes.page_for(request.user, plan_year, rows, asks, request.GET.get("order", ""))
    todo = todo_for(request.user, plan_year, asks)
    context = {"plan_year": plan_year, "page": page, "todo": todo, "rating_scale": plan_year.plan.scale}
    return render(request, page.template, context)


@with_plan_year
@only_for(permissions.is_coordinating)
def board_excel(request, plan_year):
    """課ごとの状況 as an Excel file."""
    content = write_book([board.sheet(board.board_of(plan_year, request.GET.get("order", "")))])
    return xlsx_response(content, f"課ごとの状況_{plan_year.short}.xlsx")


def year_list(request):
    """Every plan and year the person may look at."""
    years = PlanYear.objects.visible_to(request.user).select_related("plan").order_by("plan", "-fiscal_year")
    return render(request, "initiatives/year_list.html", {"years": years})


def _listed(request, plan_year, *, texts=False):
    """The filter form, every row of the year, and the rows that meet the conditions."""
    form = EntryFilterForm(request.GET, plan_year=plan_year)
    columns = request.GET.getlist("column") or list(EntryTable.DEFAULT_COLUMNS)
    texts = texts or "result" in columns or "issues" in columns
    rows = listing.rows_of(plan_year, request.user, texts=texts)
    found = listing.matching(rows, form.conditions, plan_year, request.user)
    table = EntryTable(found, plan_year=plan_year, columns=columns, order_by=request.GET.get("sort") or "code")
    return form, rows, table


@with_plan_year
def entry_list(request, plan_year):
    form, rows, table = _listed(request, plan_year)
    show_all = request.GET.get("per") == "all"
    found = table.sorted_rows()
    page = Paginator(found, max(len(found), 1) if show_all else PER_PAGE).get_page(request.GET.get("page"))
    chips = [(words, _without(request, name)) for name, words in form.chips()]
    context = {
        "plan_year": plan_year,
        "form": form,
        "page_obj": page,
        "total": len(rows),
        "found": len(found),
        "show_all": show_all,
        "chips": chips,
        "columns": [(name, words, name in table.chosen) for name, words in EntryTable.offers(plan_year).items()],
        "heads": _heads(request, table, plan_year),
        "body": table.body(page.object_list),
        "excel_query": request.GET.urlencode(),
        "rating_scale": plan_year.plan.scale,
    }
    return render(request, "initiatives/entry_list.html", context)


def _without(request, name: str) -> str:
    """The address of this list without one condition."""
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("page", None)
    return f"?{query.urlencode()}"


def _heads(request, table, plan_year) -> list[dict]:
    """Heads of the chosen columns, each with the address that sorts by it."""
    words = EntryTable.offers(plan_year)
    heads = []
    for column in table.columns:
        ordered = column.order_by_alias
        query = request.GET.copy()
        query["sort"] = ordered.next if hasattr(ordered, "next") else column.name
        query.pop("page", None)
        heads.append(
            {
                "name": column.name,
                "words": words[column.name],
                "url": f"?{query.urlencode()}" if column.orderable else "",
                "sort": _sort_state(table, column),
            }
        )
    return heads


def _sort_state(table, column) -> str:
    if column.name in table.order_by:
        return "descending" if table.order_by[column.name].is_descending else "ascending"
    return ""


@with_plan_year
def entry_list_excel(request, plan_year):
    """What the list shows, all pages of it, as an Excel file."""
    _, _, table = _listed(request, plan_year)
    words = EntryTable.offers(plan_year)
    rows = ([_cell(row, name) for name in table.chosen] for row in table.sorted_rows())
    wide = {"name": 36, "departments": 20, "target": 24, "result": 60, "issues": 60, "next_target": 24}
    header, widths = [words[name] for name in table.chosen], [wide.get(name, 12) for name in table.chosen]
    content = write_book([Sheet("取組の一覧", header, rows, widths)])
    return xlsx_response(content, f"取組の一覧_{plan_year.short}.xlsx")


def _cell(row: listing.EntryRow, name: str):
    if name == "name":
        return row.printed_name
    if name == "departments":
        return row.department_lines
    if name == "status":
        return listing.status_label(row.status)
    if name in ("rating", "last_rating"):
        return getattr(row, name) or "未評価"
    return getattr(row, name)


@with_plan_year
def entry_detail(request, plan_year, pk):
    initiatives = Initiative.objects.filter(plan=plan_year.plan).in_force(plan_year.fiscal_year)
    initiative = get_object_or_404(initiatives.select_related("direction__policy__goal", "original"), pk=pk)
    context = {"plan_year": plan_year, "rating_scale": plan_year.plan.scale}
    context |= entry_page(initiative, plan_year, request.user)
    begun = (part for part in context["now"].parts if part.status in EntryPart.WRITABLE)
    own = next((part for part in begun if permissions.can_write_part(request.user, part, plan_year)), None)
    return render(request, "initiatives/entry_detail.html", context | {"own_part": own})
