"""A directory of CSV and JSON (the report as data) → Source. It also holds chapters, reviews, events and footnotes.

goals.csv  policies.csv  directions.csv  initiatives.csv  indicators.csv  indicator_values.csv
indicator_components.csv  chapters.json
Totals, rates and ratings as they were printed (printed_totals.csv …) are kept as claims, to be checked.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from initiatives import fiscal_year as fy
from initiatives import parsing, workbook_reader
from reporting.importing import cells
from reporting.importing.reading import (
    Block,
    Findings,
    merge_printings,
    read_initiative,
    refuse_doubles_and_strays,
)
from reporting.importing.source import (
    UNSAID,
    Claim,
    Direction,
    Event,
    Figure,
    Footnote,
    Goal,
    Indicator,
    Initiative,
    Level,
    Note,
    Owner,
    Partner,
    Place,
    Policy,
    Problem,
    Refused,
    Review,
    Section,
    Source,
)
from reporting.models import Chapter

_TITLE = re.compile(r"(?P<plan>.+?)\s*推進状況報告書\s*[(（](?P<year>[^)）]+?)実施分[)）]")
_YEARLY = re.compile(r"(baseline|target|result|rating)_([rh]\d{1,2})")
# Sections of the whole report by their printed number; those of a goal by their name in chapters.json.
_REPORT_SECTIONS = {
    "1": Chapter.Kind.PROCESS,
    "2": Chapter.Kind.GOAL_PROGRESS,
    "3": Chapter.Kind.ACHIEVEMENT,
    "4": Chapter.Kind.OVERALL,
}
_GOAL_SECTIONS = (
    (Chapter.Kind.SOCIAL_TRENDS, "social_trends_national", ""),
    (Chapter.Kind.PROGRESS_INDICATORS, "progress_indicators_text", ""),
    (Chapter.Kind.PROGRESS_INITIATIVES, "progress_initiatives_text", ""),
    (Chapter.Kind.MAIN_EFFORTS, "main_efforts", ""),
    (Chapter.Kind.NEEDED_DIRECTION, "needed_direction", "direction_section_heading"),
    (Chapter.Kind.VISION, "vision", "vision_heading"),
    (Chapter.Kind.GOAL_SUMMARY, "summary", "summary_heading"),
)


def read_directory(path: Path, fiscal_year: int) -> Source:
    """Raises Refused."""
    return _Reading(path, fiscal_year).read()


class _Reading:
    def __init__(self, path: Path, fiscal_year: int):
        self.path = path
        self.year = fiscal_year
        self.found = Findings()
        self.new_goals: set[str] = set()  # numbers of goals in their first year

    def read(self) -> Source:
        chapters = self._json("chapters.json")
        goals = self._goals(chapters)
        policies, directions = self._policies(), self._directions()
        initiatives, baseline_year = self._initiatives(directions)
        indicators, years = self._indicators()
        self.found.refuse_if_any()
        report = chapters.get("report", {})
        plan_name = self._plan_name(report)
        source = Source(
            plan_name=plan_name,
            fiscal_year=self.year,
            scale=self._scale(report),
            goals=goals,
            policies=policies,
            directions=tuple(direction for direction, _ in directions),
            initiatives=tuple(initiatives),
            indicators=indicators,
            place=Place("chapters.json", 1),
            baseline_year=baseline_year,
            first_year=min(years, default=None),
            last_year=max(years, default=None),
            publisher=self._text(report.get("publisher", UNSAID)),
            philosophy=self._text(report.get("philosophy", UNSAID)),
            chapters=tuple(self._chapters(chapters)),
            reviews=tuple(self._reviews(chapters)),
            events=tuple(self._events(chapters)),
            footnotes=tuple(self._footnotes(chapters)),
            claims=tuple(self._claims()),
        )
        self.found.refuse_if_any()
        return replace(source, notes=tuple(self.found.notes))

    # --- Files ------------------------------------------------------------------------------------

    def _content(self, name: str) -> str:
        file = self.path / name
        try:
            if file.stat().st_size > workbook_reader.MAX_UPLOAD:
                raise Refused([Problem(name, "", "5MBより大きいファイルです。受け付けていません。")])
            return file.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise Refused(
                [Problem(name, "", f"ファイルがありません。「{self.path.name}」に入れてください。")]
            ) from None
        except (UnicodeDecodeError, OSError):
            raise Refused([Problem(name, "", "UTF-8の文字として読めません。UTF-8で保存してください。")]) from None

    def _rows(self, name: str, needed: str) -> Iterator[tuple[dict[str, str], Place]]:
        """Rows of a CSV with their place. The row number is the line in the file where the row begins."""
        file = csv.reader(io.StringIO(self._content(name), newline=""), strict=True)
        try:
            header = next(file, [])
            missing = [column for column in needed.split() if column not in header]
            if missing:
                raise Refused(
                    [
                        Problem(
                            f"{name}の1行目",
                            "",
                            f"列「{'」「'.join(missing)}」がありません。見出しの行を元に戻してください。",
                        )
                    ]
                )
            columns = {column: ("", column) for column in header}
            line = file.line_num + 1
            for values in file:
                place = Place(name, line, columns)
                line = file.line_num + 1
                if len(values) != len(header):
                    self.found.problem(
                        place.at(), "", f"列の数が{len(values)}です。見出しと同じ{len(header)}にしてください。"
                    )
                elif any(values):
                    yield dict(zip(header, values, strict=True)), place
        except csv.Error as error:
            raise Refused(
                [Problem(f"{name}の{file.line_num}行目", "", "CSVとして読めません。引用符の組を確かめてください。")]
            ) from error

    def _json(self, name: str) -> dict:
        try:
            value = json.loads(self._content(name))
        except (json.JSONDecodeError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            raise Refused(
                [Problem(f"{name}の{line}行目", "", "JSONとして読めません。括弧とコンマを確かめてください。")]
            ) from error
        if (
            not isinstance(value, dict)
            or not isinstance(value.get("report"), dict)
            or not isinstance(value.get("goals"), list)
        ):
            raise Refused([Problem(name, "", "「report」と「goals」がありません。元の形に戻してください。")])
        return value

    def _text(self, value):
        if value is UNSAID:
            return UNSAID
        if isinstance(value, list):
            value = "\n".join(map(str, value))
        return self.found.text(str(value or ""), Place("chapters.json", 1), "")

    def _fiscal_year(self, text: str, place: Place, name: str) -> int | None:
        try:
            year = fy.parse(text)
            fy.label(year)
            return year
        except fy.FiscalYearError as error:
            self.found.problem(place.at(name), text, error)
            return None

    def _numbers(self, text: str, count: int, place: Place, name: str) -> tuple[int, ...] | None:
        """ "1-2" → (1, 2); None with a problem."""
        if re.fullmatch(rf"[1-9]\d{{0,2}}(-[1-9]\d{{0,2}}){{{count - 1}}}", text):
            return tuple(int(number) for number in text.split("-"))
        self.found.problem(place.at(name), text, "番号として読めません。半角の数字を「-」でつないで書いてください。")
        return None

    # --- The plan ---------------------------------------------------------------------------------

    def _plan_name(self, report: dict) -> str:
        match = _TITLE.fullmatch(str(report.get("title", "")).strip())
        place = Place("chapters.json", 1, {"title": ("", "report.title")})
        if not match:
            self.found.problem(
                place.at("title"),
                report.get("title", ""),
                "「○○計画 推進状況報告書（令和○年度実施分）」のように書いてください。",
            )
            return ""
        year = self._fiscal_year(match["year"], place, "title")
        if year not in (None, self.year):
            self.found.problem(
                place.at("title"),
                fy.label(year),
                f"{fy.label(self.year)}の取り込みです。年度の合うファイルを選ぶか、年度を直してください。",
            )
        return cells.one_line(match["plan"])

    def _scale(self, report: dict) -> tuple[Level, ...]:
        try:
            return tuple(
                Level(str(step["rating"]), int(step["rate_min"]), str(step["definition"]), int(step["points"]))
                for step in report.get("rating_scale", [])
            )
        except (KeyError, TypeError, ValueError):
            self.found.problem(
                "chapters.jsonのreport.rating_scale", "", "評価区分として読めません。元の形に戻してください。"
            )
            return ()

    def _goals(self, chapters: dict) -> tuple[Goal, ...]:
        goals = []
        for row, place in self._rows("goals.csv", "number name overview new_in_fiscal_year"):
            numbers = self._numbers(row["number"], 1, place, "number")
            new_in = row["new_in_fiscal_year"]
            year = self._fiscal_year(new_in, place, "new_in_fiscal_year") if new_in else None
            overview = self.found.text(row["overview"], place, "overview")
            if year == self.year:
                self.new_goals.add(row["number"])
            if numbers:
                goals.append(Goal(numbers[0], cells.one_line(row["name"]), year == self.year, place, overview))
        self._refuse_doubles([(goal.number, goal.place, "number") for goal in goals])
        return tuple(goals)

    def _policies(self) -> tuple[Policy, ...]:
        policies = []
        for row, place in self._rows("policies.csv", "code name"):
            if key := self._numbers(row["code"], 2, place, "code"):
                policies.append(Policy(*key, place, cells.one_line(self.found.text(row["name"], place, "name"))))
        self._refuse_doubles([((policy.goal, policy.number), policy.place, "code") for policy in policies])
        return tuple(policies)

    def _directions(self) -> list[tuple[Direction, str]]:
        """Directions, each with its note (which names an initiative printed beside it under another's number)."""
        directions = []
        for row, place in self._rows("directions.csv", "code name note"):
            if key := self._numbers(row["code"], 3, place, "code"):
                name = cells.one_line(self.found.text(row["name"], place, "name"))
                directions.append((Direction(key[:2], key[2], place, name or UNSAID), row["note"]))
                if row["note"]:
                    self.found.note(Note.NUMBERING, place.at("note"), f"{row['code']}：{row['note']}")
        self._refuse_doubles([(direction.key, direction.place, "code") for direction, _ in directions])
        return directions

    def _refuse_doubles(self, rows: list[tuple]) -> None:
        first: dict = {}
        for key, place, name in rows:
            if key in first:
                words = "-".join(map(str, key)) if isinstance(key, tuple) else str(key)
                self.found.problem(
                    place.at(name),
                    words,
                    f"同じ番号が{first[key].at(name)}にもあります。どちらかの番号を直してください。",
                )
            first.setdefault(key, place)

    # --- Initiatives ------------------------------------------------------------------------------

    def _initiatives(self, directions: list[tuple[Direction, str]]) -> tuple[list[Initiative], int | None]:
        elsewhere = {
            match[1]: direction.key
            for direction, note in directions
            if (match := re.search(r"取組番号は(\d+(?:-\d+){3})", note))
        }
        rows = list(
            self._rows(
                "initiatives.csv",
                "goal code name reprint_of new_in description departments partner issues_and_plan note",
            )
        )
        columns = self._yearly_columns(rows[0][1]) if rows else {}
        initiatives = []
        for row, place in rows:
            initiative = self._initiative(row, place, columns)
            if initiative:
                initiatives.append(replace(initiative, direction=elsewhere.get(initiative.code, initiative.direction)))
        refuse_doubles_and_strays(self.found, initiatives)
        baseline = columns.get("baseline")
        return initiatives, fy.parse(baseline.rpartition("_")[2]) if baseline else None

    def _yearly_columns(self, place: Place) -> dict[str, str]:
        """target → "target_r6" …, by the year of the report."""
        columns = {}
        for column in place.columns:
            if not (match := _YEARLY.fullmatch(column)):
                continue
            kind, year = match[1], self._fiscal_year(match[2], place, column)
            if kind == "target" and year == self.year + 1:
                columns["next_target"] = column
            elif kind == "baseline" or year == self.year:
                columns[kind] = column
        needed = {
            "target": "target_",
            "result": "result_",
            "rating": "rating_",
            "next_target": "target_",
            "baseline": "baseline_r1",
        }
        for kind, start in needed.items():
            if kind not in columns:
                year = self.year + (kind == "next_target")
                name = start if start.endswith("1") else start + fy.short(year).lower()
                self.found.problem(
                    f"{place.sheet}の1行目", "", f"列「{name}」がありません。見出しの行を元に戻してください。"
                )
        self.found.refuse_if_any()
        return columns

    def _initiative(self, row: dict[str, str], place: Place, columns: dict[str, str]) -> Initiative | None:
        place = Place(place.sheet, place.row, place.columns | {
            field: ("", column) for field, column in (columns | {"issues": "issues_and_plan", "owners": "departments"}).items()
        })  # fmt: skip
        new_in = row["new_in"] and self._fiscal_year(row["new_in"], place, "new_in")
        original = row["reprint_of"] and self._code(row["reprint_of"], place, "reprint_of")
        owners, partners, note = self._owners(row, place)
        texts = {field: self.found.text(row[column], place, field) for field, column in columns.items()}
        texts |= {
            "code": row["code"],
            "name": self.found.text(row["name"], place, "name"),
            "owners": row["departments"],
            "description": self.found.text(row["description"], place, "description"),
            "issues": self.found.text(row["issues_and_plan"], place, "issues_and_plan"),
        }
        known = {
            "original": original,
            "first_year": new_in or UNSAID,
            "owners": owners,
            "partners": partners,
            "note": note,
        }
        if row["goal"] in self.new_goals:
            known |= {"target": UNSAID, "baseline": UNSAID}
        return read_initiative(self.found, place, texts, **known)

    def _code(self, text: str, place: Place, name: str) -> str:
        try:
            return cells.parse_code(text)
        except parsing.ParsingError as error:
            self.found.problem(place.at(name), text, error)
            return ""

    def _owners(self, row: dict[str, str], place: Place) -> tuple[tuple[Owner, ...], tuple[Partner, ...], str]:
        """Departments and partners, with what the note says about how they were printed."""
        note = row["note"]
        owners = {owner.name: owner for owner in cells.parse_owners(row["departments"]).owners}
        last = next(reversed(owners), None)
        behind = {
            cells.one_line(name): department
            for name, department in re.findall(r"「[(（](.+?)[)）]」は(.+?)に付記", note)
        }
        bare = {cells.one_line(name) for name in re.findall(r"括弧なしで「(.+?)」と印刷", note)}
        for printed in re.findall(r"担当課名欄に「(.+?)」と印刷", note):
            owners |= {owner.name: owner for owner in cells.parse_owners(printed).owners if owner.name in owners}
        partners = tuple(
            Partner(name, None if name in bare else behind.get(name, last))
            for name in map(cells.one_line, re.split(r"[;；]", row["partner"]))
            if name
        )
        remarks = [line for line in note.split("\n") if line.startswith("※")]
        for line in note.split("\n"):
            if line.startswith("［"):
                self.found.note(Note.SKIPPED, place.at("note"), f"{row['code']}：備考「{line}」は取り込みません")
        return tuple(owners.values()), partners, self.found.text("\n".join(remarks), place, "note")

    # --- Indicators -------------------------------------------------------------------------------

    def _indicators(self) -> tuple[tuple[Indicator, ...], set[int]]:
        blocks, goals = self._blocks()
        self._values(blocks)
        self._components(blocks)
        years: set[int] = set()
        for block in blocks.values():
            block.years = tuple(sorted(year for year in block.actual if year is not None))
            years.update(block.years)
        indicators = merge_printings(self.found, list(blocks.values()))
        if (self.path / "indicator_print_variants.csv").exists():
            self._variants(blocks)
        by_name = {block.name: goals[code] for code, block in blocks.items()}
        return tuple(replace(indicator, goals=by_name[indicator.name]) for indicator in indicators), years

    def _blocks(self) -> tuple[dict[str, Block], dict[str, tuple[int, ...]]]:
        blocks, goals = {}, {}
        for row, place in self._rows("indicators.csv", "indicator_id name source goals"):
            numbers = [self._numbers(goal, 1, place, "goals") for goal in row["goals"].split(";")]
            goals[row["indicator_id"]] = tuple(sorted(number[0] for number in numbers if number))
            name = cells.one_line(self.found.text(row["name"], place, "name"))
            source = self.found.text(row["source"], place, "source")
            blocks[row["indicator_id"]] = Block(name, place, None, source)
        return blocks, goals

    def _year_of(self, text: str, place: Place) -> int | None:
        return None if text == "初期値" else self._fiscal_year(text, place, "fiscal_year")

    def _figure(self, text: str, place: Place, name: str) -> tuple[Figure, Place]:
        place = Place(place.sheet, place.row, {**place.columns, "value": ("", name)})
        try:
            return cells.parse_figure(text), place
        except parsing.ParsingError as error:
            self.found.problem(place.at("value"), text, error)
            return Figure(), place

    def _block(self, blocks: dict[str, Block], row: dict[str, str], place: Place) -> Block:
        if row["indicator_id"] not in blocks:
            self.found.problem(
                place.at("indicator_id"), row["indicator_id"], "indicators.csvにない番号です。番号を直してください。"
            )
        return blocks.get(row["indicator_id"], Block("", place, None))

    def _values(self, blocks: dict[str, Block]) -> None:
        for row, place in self._rows(
            "indicator_values.csv", "indicator_id fiscal_year actual target printed_rate printed_rating"
        ):
            block, year = self._block(blocks, row, place), self._year_of(row["fiscal_year"], place)
            if year in block.actual:
                self.found.problem(
                    place.at("fiscal_year"), row["fiscal_year"], "同じ指標の同じ年度が2行あります。1行にしてください。"
                )
            block.actual[year] = self._figure(row["actual"], place, "actual")
            block.target[year] = self._figure(row["target"], place, "target")
            block.rate[year] = self._figure(row["printed_rate"], place, "printed_rate")[0]
            block.rating[year] = parsing.key(row["printed_rating"])

    def _components(self, blocks: dict[str, Block]) -> None:
        if not (self.path / "indicator_components.csv").exists():
            return
        for row, place in self._rows("indicator_components.csv", "indicator_id component fiscal_year value"):
            block, year = self._block(blocks, row, place), self._year_of(row["fiscal_year"], place)
            name = cells.one_line(row["component"])
            if name.endswith("A"):
                block.ratio_name = name[:-1]
            else:
                block.components.setdefault(name, {})[year] = self._figure(row["value"], place, "value")

    def _variants(self, blocks: dict[str, Block]) -> None:
        needed = "indicator_id first_goal other_goal fiscal_year field printed_in_first_goal printed_in_other_goal"
        labels = {
            "actual": "実績",
            "target": "目標値",
            "printed_rate": "達成率",
            "printed_rating": "評価",
            "source": "出典",
        }
        for row, place in self._rows("indicator_print_variants.csv", needed):
            first, other = row["printed_in_first_goal"], row["printed_in_other_goal"]
            if parsing.is_blank(first) and parsing.is_blank(other):
                continue
            block = self._block(blocks, row, place)
            year = f"{row['fiscal_year']} " if row["fiscal_year"] else ""
            words = f"{year}{block.name}の{labels.get(row['field'], row['field'])}：目標{row['first_goal']}では「{first}」、目標{row['other_goal']}では「{other}」です。目標{row['first_goal']}のほうを使います"
            self.found.note(Note.PRINTINGS, place.at(), words)

    # --- What was printed -------------------------------------------------------------------------

    def _claims(self) -> Iterator[Claim]:
        """Printed totals, rates and ratings, as they stand; a file that is not there claims nothing."""
        for row, place in self._optional("printed_totals.csv", "goal points_over_full rate overall_rating"):
            code = row["goal"] if row["goal"].isdigit() else "all"
            columns = {"count": row.get("initiatives", ""), "points": row["points_over_full"], "rate": row["rate"]}
            letters = {name: text for name, text in row.items() if re.fullmatch("[A-Z]", name)}
            for column, text in (columns | letters | {"overall": row["overall_rating"]}).items():
                yield Claim("totals", (code, column), text, place)
        for row, place in self._optional("printed_indicator_totals.csv", "rating count share"):
            letter = row["rating"] if row["rating"].isascii() else "all"
            for column in ("count", "share"):
                yield Claim("indicator_totals", (letter, column), row[column], place)
        yield from self._indicator_claims()

    def _optional(self, name: str, needed: str) -> Iterator[tuple[dict[str, str], Place]]:
        return self._rows(name, needed) if (self.path / name).exists() else iter(())

    def _indicator_claims(self) -> Iterator[Claim]:
        names = {
            row["indicator_id"]: parsing.key(row["name"])
            for row, _ in self._rows("indicators.csv", "indicator_id name")
        }
        for row, place in self._rows("indicator_values.csv", "indicator_id fiscal_year printed_rate printed_rating"):
            if row["fiscal_year"] != "初期値" and row["indicator_id"] in names:
                path = names[row["indicator_id"]], str(fy.parse(row["fiscal_year"])), ""
                for column, name in (("rate", "printed_rate"), ("rating", "printed_rating"), ("actual", "actual")):
                    yield Claim("indicators", (*path, column), row[name], place)
        for row, place in self._optional("indicator_print_variants.csv", "indicator_id other_goal fiscal_year field"):
            column = {"printed_rate": "rate", "printed_rating": "rating"}.get(row["field"])
            if column and row["indicator_id"] in names:
                path = names[row["indicator_id"]], str(fy.parse(row["fiscal_year"])), row["other_goal"]
                yield Claim("indicators", (*path, column), row["printed_in_other_goal"], place)

    # --- What is written --------------------------------------------------------------------------

    def _goal_chapters(self, chapters: dict) -> Iterator[tuple[dict, Place]]:
        for number, goal in enumerate(chapters["goals"], 1):
            if not isinstance(goal, dict) or not isinstance(goal.get("goal"), int):
                self.found.problem(
                    f"chapters.jsonの目標{number}", "", "「goal」に目標の番号がありません。元の形に戻してください。"
                )
            else:
                yield goal, Place(f"chapters.jsonの目標{goal['goal']}", number)

    def _chapters(self, chapters: dict) -> Iterator[Section]:
        report = chapters["report"]
        place = Place("chapters.json", 1)
        if "intro" in report:
            yield Section(None, Chapter.Kind.FOREWORD, "", self._text(report["intro"]), place)
        for section in report.get("sections", []):
            kind = _REPORT_SECTIONS.get(str(section.get("number")))
            if kind is None:
                self.found.note(
                    Note.SKIPPED, "chapters.jsonのreport.sections", f"「{section.get('heading')}」は読みませんでした"
                )
                continue
            lines = [section.get("text", ""), *section.get("items", [])]
            yield Section(None, kind, self._text(section.get("heading", "")), self._text(lines), place)
        for goal, place in self._goal_chapters(chapters):
            for kind, name, heading in _GOAL_SECTIONS:
                if name in goal:
                    yield Section(goal["goal"], kind, self._text(goal.get(heading, "")), self._text(goal[name]), place)

    def _reviews(self, chapters: dict) -> Iterator[Review]:
        report = chapters["report"]
        if "overall_committee_review" in report:
            heading = self._text(report.get("overall_committee_review_heading", ""))
            yield Review(None, heading, self._text(report["overall_committee_review"]), Place("chapters.json", 1))
        for goal, place in self._goal_chapters(chapters):
            if "committee_review" in goal:
                heading = self._text(goal.get("committee_review_heading", ""))
                yield Review(goal["goal"], heading, self._text(goal["committee_review"]), place)

    def _events(self, chapters: dict) -> Iterator[Event]:
        for goal, place in self._goal_chapters(chapters):
            for position, event in enumerate(goal.get("city_events", []), 1):
                yield Event(goal["goal"], position, self._text(event.get("when")), self._text(event.get("what")), place)

    def _footnotes(self, chapters: dict) -> Iterator[Footnote]:
        seen: set[int] = set()
        for goal, place in self._goal_chapters(chapters):
            for note in goal.get("footnotes", []):
                number = str(note.get("number", ""))
                if not re.fullmatch(r"[1-9]\d{0,3}", number) or int(number) in seen:
                    self.found.problem(
                        f"{place.sheet}の注", number, "注の番号が読めないか、2つあります。1から順に付けてください。"
                    )
                    continue
                seen.add(int(number))
                yield Footnote(goal["goal"], int(number), self._text(note.get("text")), place)
