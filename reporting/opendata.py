"""The report as open data: tables as CSV and JSON with a dictionary of their columns and a licence.

`TABLES` says once which fields are public, under which name (JSON) and heading (CSV), of which kind and what they mean.
What is not named there does not leave the office (tests/reporting/test_parity.py holds every field of the snapshot
against it).
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from reporting.low_ratings import low_ratings
from reporting.snapshot import Report, Row, Section, Tally

TEXT, INTEGER, NUMBER, YEAR, LIST = "文", "整数", "小数", "年度", "文の列"
WITHIN = ";"  # between several values of a cell
A_FIXED_DATE = (2000, 1, 1, 0, 0, 0)  # the same report gives the same file


@dataclass(frozen=True)
class Column:
    name: str
    heading: str
    kind: str
    words: str
    take: Callable

    def cell(self, record) -> str:
        """As CSV has it: "" for nothing, several values with ; between them."""
        value = self.take(record)
        if value is None:
            return ""
        if self.kind not in (TEXT, LIST):
            return str(value)
        return _inert(WITHIN.join(map(str, value)) if isinstance(value, tuple) else str(value))

    def value(self, record):
        """As JSON has it: a number with decimals as text, so that no rounding creeps in."""
        value = self.take(record)
        return str(value) if isinstance(value, Decimal) else value


def _inert(text: str) -> str:
    """Excel takes a text that begins so for a formula: a ' before it (OWASP ASVS 1.2.10). A lone dash stays."""
    return f"'{text}" if len(text) > 1 and text[0] in "=+-@\t\r" else text


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    columns: tuple[Column, ...]
    records: Callable[[Report], Iterable]

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"


def tables(report: Report) -> tuple[Table, ...]:
    """Those of the report: which rating letters there are is the plan's."""
    return tuple(table if table.name != "tallies" else _tallies(report) for table in TABLES)


def as_csv(report: Report, table: Table) -> str:
    """RFC 4180 with headings in the first line."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column.heading for column in table.columns])
    writer.writerows([column.cell(record) for column in table.columns] for record in table.records(report))
    return file.getvalue()


def as_json(report: Report, *, edition: str = "") -> str:
    """Every table with its columns, and what the data is. Equal reports give equal bytes."""
    return json.dumps(about(report, edition=edition) | {"tables": {
        table.name: {"title": table.title, "columns": columns_of(table), "rows": rows_of(report, table)}
        for table in tables(report)
    }}, ensure_ascii=False, indent=1) + "\n"  # fmt: skip


def about(report: Report, *, edition: str = "") -> dict:
    return {
        "title": report.title, "edition": edition, "plan": report.plan_name, "city": report.city_name,
        "publisher": report.publisher, "committee": report.committee_name, "philosophy": report.philosophy,
        "fiscal_year": report.fiscal_year, "fiscal_year_label": report.fiscal_year_label,
        "first_year": report.first_year, "last_year": report.last_year, "baseline_year": report.baseline_year,
        "terms": report.terms, "licence": licence(),
    }  # fmt: skip


def licence() -> dict[str, str]:
    name, address = settings.OPEN_DATA_LICENCE
    return {"name": name, "url": address}


def columns_of(table: Table) -> list[dict]:
    return [
        {"name": column.name, "heading": column.heading, "type": column.kind, "description": column.words}
        for column in table.columns
    ]


def rows_of(report: Report, table: Table) -> list[dict]:
    return [{column.name: column.value(record) for column in table.columns} for record in table.records(report)]


def dictionary(report: Report) -> str:
    """The columns of all tables, as CSV: 項目の説明."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["ファイル", "表", "列", "見出し", "JSONの名前", "型", "説明"])
    for table in tables(report):
        for number, column in enumerate(table.columns, 1):
            writer.writerow(
                [table.file_name, table.title, number, column.heading, column.name, column.kind, column.words]
            )
    return file.getvalue()


def render(report: Report, *, edition: str = "") -> bytes:
    """Everything in one zip: a CSV for each table, the dictionary, the JSON, the licence."""
    files = {table.file_name: csv_file(report, table) for table in tables(report)}
    files["項目の説明.csv"] = _for_excel(dictionary(report))
    files["report.json"] = as_json(report, edition=edition).encode()
    files["お読みください.txt"] = _read_me(report, edition).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, A_FIXED_DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def csv_file(report: Report, table: Table) -> bytes:
    return _for_excel(as_csv(report, table))


def _for_excel(text: str) -> bytes:
    """UTF-8 with the mark by which Excel knows it; programs that read CSV take it for granted."""
    return text.encode("utf-8-sig")


def _read_me(report: Report, edition: str) -> str:
    made = licence()
    files = "\r\n".join(f"{table.file_name}　{table.title}" for table in tables(report))
    return (
        f"{report.title}{edition}　オープンデータ\r\n\r\n"
        f"ライセンス：{made['name']}\r\n{made['url']}\r\n出典として「{report.title}{edition}、{report.publisher}」と書いてください。\r\n\r\n"
        f"{files}\r\n項目の説明.csv　どの列が何を表すか\r\nreport.json　同じ表を1つのJSONにしたもの\r\n\r\n"
        f"文字コードはUTF-8です。1つの欄に2つ以上の値があるときは「{WITHIN}」で区切ります。Excelが計算式と読まないように、= + - @ で始まる文の前には ' を付けてあります（JSONには付けません）。年度は、始まる年の西暦です"
        f"（{report.fiscal_year_label}は{report.fiscal_year}）。値がない欄は空です。\r\n"
    )


# --- The tables -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Placed:
    """An initiative with the goal, policy and direction it stands under."""

    goal: object
    policy: object
    direction: object
    row: Row


def _placed(report: Report) -> Iterator[_Placed]:
    for goal in report.goals:
        for policy in goal.policies:
            for direction in policy.directions:
                for row in direction.rows:
                    yield _Placed(goal, policy, direction, row)


def _parts(report: Report) -> Iterator[tuple]:
    return ((row, part) for row in report.rows if row.shows_own for part in row.parts)


def _counted(report: Report) -> Iterator[tuple[str, str, str, Tally]]:
    terms = report.terms
    yield "全体", "", "再掲を含む", report.tally
    yield "全体", "", "再掲を除く", report.tally_without_cross_listings
    for goal in report.goals:
        yield terms["goal"], str(goal.number), goal.name, goal.tally
        yield f"{terms['goal']}（再掲を除く）", str(goal.number), goal.name, goal.tally_without_cross_listings
    for goal in report.goals:
        yield from ((terms["policy"], policy.code, policy.name, policy.tally) for policy in goal.policies)
    yield from (("担当課", "", each.department, each.tally) for each in report.departments)


def _tallies(report: Report) -> Table:
    letters = tuple(
        Column(f"rating_{step.letter}", step.letter, INTEGER, f"評価{step.letter}の件数", _of_letter(step.letter))
        for step in report.scale
    )
    first, rest = _TALLY_COLUMNS
    return Table("tallies", "評価の集計", first + letters + rest, _counted)


def _of_letter(letter: str) -> Callable:
    return lambda line: line[3].ratings[letter]


_TALLY_COLUMNS = (
    (
        Column("group", "区分", TEXT, "何ごとの集計か", lambda line: line[0]),
        Column("code", "番号", TEXT, "目標や施策の番号", lambda line: line[1]),
        Column("name", "名称", TEXT, "名前", lambda line: line[2]),
        Column("count", "件数", INTEGER, "取組の件数", lambda line: line[3].count),
    ),
    (
        Column("unrated", "未評価", INTEGER, "評価がまだない件数", lambda line: line[3].ratings["unrated"]),
        Column("points", "点数", INTEGER, "評価の点数の合計", lambda line: line[3].points),
        Column("full_points", "満点", INTEGER, "すべてがいちばんよい評価のときの点数", lambda line: line[3].full_points),
        Column("rate", "達成率", NUMBER, "点数÷満点（％、整数）", lambda line: line[3].rate),
        Column("overall_rating", "総合評価", TEXT, "達成率による評価", lambda line: line[3].overall_rating),
    ),
)  # fmt: skip


def _sections(report: Report) -> Iterator[tuple[int | None, Section]]:
    yield from ((None, section) for section in report.sections.values())
    for goal in report.goals:
        yield from ((goal.number, section) for section in goal.sections.values())


def _reviews(report: Report) -> Iterator[tuple[int | None, Section]]:
    yield from ((goal.number, goal.committee_review) for goal in report.goals if goal.committee_review)
    if report.committee_review:
        yield None, report.committee_review


_ROW_COLUMNS = (
    Column("goal_number", "目標番号", INTEGER, "目標の番号", lambda at: at.goal.number),
    Column("goal", "目標", TEXT, "目標の名前", lambda at: at.goal.name),
    Column("policy_code", "施策番号", TEXT, "施策の番号", lambda at: at.policy.code),
    Column("policy", "施策", TEXT, "施策の名前", lambda at: at.policy.name),
    Column("direction_code", "方向性番号", TEXT, "具体的な方向性の番号", lambda at: at.direction.code),
    Column("direction", "方向性", TEXT, "具体的な方向性の名前", lambda at: at.direction.name),
    Column("code", "番号", TEXT, "取組の番号", lambda at: at.row.code),
    Column("name", "取組名", TEXT, "取組の名前", lambda at: at.row.name),
    Column("description", "取組内容", TEXT, "何をする取組か", lambda at: at.row.description),
    Column("departments", "担当課", LIST, "担当する課。初めの課が中心", lambda at: tuple(o.department for o in at.row.owners)),
    Column("department_notes", "担当課の注", LIST, "課名の後ろの注。課の順", lambda at: tuple(o.note for o in at.row.owners)),
    Column("partners", "協力団体", LIST, "いっしょに行う団体", lambda at: tuple(p for o in at.row.owners for p in o.partners)),
    Column("original_code", "再掲元の番号", TEXT, "再掲のとき、元の取組の番号", lambda at: at.row.original_code),
    Column("holds_own", "独自の記入", INTEGER, "再掲で、独自の文と評価を持つとき1", lambda at: int(at.row.holds_own)),
    Column("new_in", "加わった年度", YEAR, "計画の途中で加わった年度", lambda at: at.row.new_in),
    Column("baseline", "初期値", TEXT, "計画の初めの状況", lambda at: at.row.baseline),
    Column("target", "目標値", TEXT, "この年度の目標", lambda at: at.row.target),
    Column("next_target", "次年度の目標", TEXT, "次の年度の目標", lambda at: at.row.next_target),
    Column("result", "実績", TEXT, "この年度にしたこと", lambda at: at.row.result),
    Column("issues", "課題と対応", TEXT, "課題と、次の年度の対応", lambda at: at.row.issues),
    Column("rating", "評価", TEXT, "取組の評価。空は未評価", lambda at: at.row.rating),
    Column("low_rating_reason", "低評価の理由", TEXT, "低い評価の理由", lambda at: at.row.low_rating_reason),
    Column("note", "注記", TEXT, "表の下に印刷する注", lambda at: at.row.note),
    Column("approved_on", "承認日", TEXT, "最後の記入を承認した日",
           lambda at: at.row.approved_on and at.row.approved_on.isoformat()),
)  # fmt: skip
_PART_COLUMNS = (
    Column("code", "番号", TEXT, "取組の番号", lambda pair: pair[0].code),
    Column("department", "担当課", TEXT, "書いた課。空は、課ごとに分けていない文", lambda pair: pair[1].department),
    Column("result", "実績", TEXT, "この課がしたこと", lambda pair: pair[1].result),
    Column("issues", "課題と対応", TEXT, "この課の課題と対応", lambda pair: pair[1].issues),
)
_INDICATOR_COLUMNS = (
    Column("code", "番号", TEXT, "成果指標の番号", lambda each: each.code),
    Column("name", "成果指標", TEXT, "名前", lambda each: each.name),
    Column("goals", "目標番号", LIST, "どの目標の指標か", lambda each: each.goal_numbers),
    Column("kind", "種類", TEXT, "outcome：成果、output：活動", lambda each: each.kind),
    Column("unit", "単位", TEXT, "実績と目標値の単位", lambda each: each.unit),
    Column("decimals", "小数点以下", INTEGER, "印刷する桁数", lambda each: each.decimals),
    Column("polarity", "よい向き", TEXT, "higher：多いほどよい、lower：少ないほどよい、keep：変わらないのがよい", lambda each: each.polarity),
    Column("no_change_band", "変わらないとみる幅", NUMBER, "前との差がこの数までは、変わらないとみる", lambda each: each.no_change_band),
    Column("accumulation", "数え方", TEXT, "yearly：その年度の数、cumulative：年度末までの累計", lambda each: each.accumulation),
    Column("survey_years", "調べる年度", LIST, "決まった年度だけ調べるとき、その年度", lambda each: each.survey_years),
    Column("first_year", "測り始めた年度", YEAR, "空は、計画の初めから", lambda each: each.first_year),
    Column("last_year", "測り終える年度", YEAR, "空は、計画の終わりまで", lambda each: each.last_year),
    Column("department", "担当課", TEXT, "数を出す課", lambda each: each.department),
    Column("source", "出典", TEXT, "数の出どころ", lambda each: each.source),
    Column("baseline", "初期値", NUMBER, "計画の初めの数", lambda each: each.baseline),
    Column("ratio_name", "割合の名前", TEXT, "割合のとき、その名前", lambda each: each.ratio_name),
    Column("numerator_name", "分子", TEXT, "割合の分子", lambda each: each.numerator_name),
    Column("numerator_unit", "分子の単位", TEXT, "分子の単位", lambda each: each.numerator_unit),
    Column("denominator_name", "分母", TEXT, "割合の分母", lambda each: each.denominator_name),
    Column("denominator_unit", "分母の単位", TEXT, "分母の単位", lambda each: each.denominator_unit),
    Column("baseline_numerator", "初期値の分子", NUMBER, "計画の初めの分子", lambda each: each.baseline_numerator),
    Column("baseline_denominator", "初期値の分母", NUMBER, "計画の初めの分母", lambda each: each.baseline_denominator),
)  # fmt: skip
_YEAR_COLUMNS = (
    Column("code", "番号", TEXT, "成果指標の番号", lambda pair: pair[0].code),
    Column("name", "成果指標", TEXT, "名前", lambda pair: pair[0].name),
    Column("fiscal_year", "年度", YEAR, "年度", lambda pair: pair[1].fiscal_year),
    Column("actual", "実績", NUMBER, "実績の数", lambda pair: pair[1].actual),
    Column("actual_figure", "実績の状態", TEXT, "value：数がある、blank：空、not_conducted：未実施、not_set：この年度には測っていない、under_review：検討中", lambda pair: pair[1].actual_figure),
    Column("target", "目標値", NUMBER, "目標の数", lambda pair: pair[1].target),
    Column("target_figure", "目標値の状態", TEXT, "value：数がある、blank：空、not_set：設定なし、under_review：検討中", lambda pair: pair[1].target_figure),
    Column("target_prorated", "目標値は目安", INTEGER, "前後の目標から計算した目安のとき1", lambda pair: int(pair[1].target_prorated)),
    Column("numerator", "分子", NUMBER, "割合の分子", lambda pair: pair[1].numerator),
    Column("denominator", "分母", NUMBER, "割合の分母", lambda pair: pair[1].denominator),
    Column("rate", "達成率", NUMBER, "％、小数第1位まで", lambda pair: pair[1].rate),
    Column("rating", "評価", TEXT, "評価", lambda pair: pair[1].rating),
    Column("computed_rating", "計算した評価", TEXT, "達成率から計算した評価", lambda pair: pair[1].computed_rating),
    Column("override_reason", "計算と違う評価の理由", TEXT, "計算した評価と違うとき、その理由", lambda pair: pair[1].override_reason),
    Column("recorded_on", "記録した日", TEXT, "数を最後に書いた日", lambda pair: pair[1].recorded_on and pair[1].recorded_on.isoformat()),
)  # fmt: skip
_SECTION_COLUMNS = (
    Column("goal_number", "目標番号", INTEGER, "空は、報告書全体の章", lambda pair: pair[0]),
    Column("kind", "種類", TEXT, "章の種類", lambda pair: pair[1].kind),
    Column("heading", "見出し", TEXT, "見出し", lambda pair: pair[1].heading),
    Column("text", "本文", TEXT, "本文", lambda pair: pair[1].text),
)
TABLES = (
    Table("initiatives", "取組", _ROW_COLUMNS, _placed),
    Table("parts", "課ごとの記入", _PART_COLUMNS, _parts),
    Table("tallies", "評価の集計", (), _counted),
    Table(
        "scale", "評価区分",
        (
            Column("letter", "評価", TEXT, "記号", lambda step: step.letter),
            Column("definition", "内容", TEXT, "意味", lambda step: step.definition),
            Column("min_rate", "達成率の下限", INTEGER, "％", lambda step: step.min_rate),
            Column("points", "点数", INTEGER, "点数", lambda step: step.points),
        ),
        lambda report: report.scale,
    ),
    Table("indicators", "成果指標", _INDICATOR_COLUMNS, lambda report: report.indicators),
    Table("indicator_years", "成果指標の年度ごとの数", _YEAR_COLUMNS,
          lambda report: [(each, year) for each in report.indicators for year in each.years]),
    Table("goals", "目標",
        (
            Column("number", "目標番号", INTEGER, "番号", lambda goal: goal.number),
            Column("name", "目標", TEXT, "名前", lambda goal: goal.name),
            Column("overview", "概要", TEXT, "目標の説明", lambda goal: goal.overview),
            Column("is_new", "この年度から", INTEGER, "この年度に加わった目標のとき1", lambda goal: int(goal.is_new)),
        ),
        lambda report: report.goals,
    ),
    Table("chapters", "章の文", _SECTION_COLUMNS, _sections),
    Table("reviews", "委員会の講評", _SECTION_COLUMNS, _reviews),
    Table("events", "市の動向",
        (
            Column("goal_number", "目標番号", INTEGER, "目標の番号", lambda pair: pair[0]),
            Column("when", "時期", TEXT, "いつ", lambda pair: pair[1].when),
            Column("what", "できごと", TEXT, "何があったか", lambda pair: pair[1].what),
        ),
        lambda report: [(goal.number, event) for goal in report.goals for event in goal.events],
    ),
    Table("footnotes", "注釈",
        (
            Column("goal_number", "目標番号", INTEGER, "目標の番号", lambda pair: pair[0]),
            Column("number", "注の番号", INTEGER, "番号", lambda pair: pair[1].number),
            Column("text", "注", TEXT, "注の文", lambda pair: pair[1].text),
        ),
        lambda report: [(goal.number, note) for goal in report.goals for note in goal.footnotes],
    ),
    Table("opinions", "主な意見と市の考え方",
        (
            Column("goal_number", "目標番号", INTEGER, "空は、報告書の全体についての意見", lambda each: each.goal),
            Column("code", "番号", TEXT, "取組についての意見のとき、その番号", lambda each: each.code),
            Column("about", "何について", TEXT, "意見が何についてか", lambda each: each.about),
            Column("summary", "主な意見", TEXT, "委員の意見の要旨", lambda each: each.summary),
            Column("kind", "対応", TEXT, "反映、参考、その他", lambda each: each.kind_label),
            Column("answer", "市の考え方", TEXT, "意見についての市の考え方", lambda each: each.answer),
        ),
        lambda report: report.opinions,
    ),
    Table(
        "glossary",
        "用語の説明",
        (
            Column("word", "言葉", TEXT, "意味がわかりにくい言葉", lambda each: each.word),
            Column("meaning", "意味", TEXT, "その意味", lambda each: each.meaning),
        ),
        lambda report: report.glossary,
    ),
    Table("low_before", "前年度に低い評価だった取組",
        (
            Column("code", "番号", TEXT, "取組の番号", lambda each: each.before.code),
            Column("name", "取組名", TEXT, "前年度の名前", lambda each: each.before.name),
            Column("rating", "前年度の評価", TEXT, "前年度の評価", lambda each: each.before.rating),
            Column("low_rating_reason", "前年度の理由", TEXT, "前年度の低評価の理由", lambda each: each.before.low_rating_reason),
            Column("issues", "前年度の課題と対応", TEXT, "前年度に書いた改善策", lambda each: each.before.issues),
            Column("outcome", "その後", TEXT, "この年度にどうなったか", lambda each: each.outcome),
        ),
        lambda report: low_ratings(report).followed,
    ),
)  # fmt: skip
