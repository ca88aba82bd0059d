"""A sheet of initiatives: one goal, one initiative a row.

Columns are known by their heading, read relative to the year. Two kinds of headings: the usual one, and the one of a
goal in its first year (施策, 具体的な方向性; no 初期値 and no target yet).
"""

import re
from dataclasses import replace

from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.workbook_reader import Sheet, column_letter
from reporting.importing import cells
from reporting.importing.reading import read_initiative
from reporting.importing.sheet import Reading, SheetCells, Title, shown
from reporting.importing.source import Direction, Goal, Initiative, Note, Place, Policy

_ERA_YEAR = r"(?P<year>(?:令和|平成|[RH])(?:元|\d{1,2})(?:年度)?)"
_PLAIN = {
    "目標": "goal", "施策": "policy", "具体的な方向性": "direction", "番号": "code", "取組名": "name",
    "取組内容": "description", "担当課名": "owners", "担当課": "owners",
}  # fmt: skip
_YEARLY = (
    (re.compile(_ERA_YEAR + r"実績\(初期値\)"), "initial"),
    (re.compile(_ERA_YEAR + "実績"), "result"),
    (re.compile(_ERA_YEAR + "目標"), "target"),
    (re.compile(_ERA_YEAR + "評価"), "rating"),
)
_NAMES = {
    "goal": "目標", "code": "番号", "name": "取組名", "description": "取組内容", "owners": "担当課名",
    "policy": "施策", "direction": "具体的な方向性",
}  # fmt: skip


class GoalSheet(SheetCells):
    def __init__(self, reading: Reading, sheet: Sheet, head: int, title: Title):
        super().__init__(sheet, reading.found)
        self.reading = reading
        self.head = head
        self.title = title
        self.year = reading.year
        self.columns: dict[str, int] = {}
        self.headings: dict[str, tuple[str, str]] = {}
        self.is_new = False

    def read(self) -> None:
        self._read_headings()
        if not self._has_needed_columns():
            return
        goal = self.title.goal
        self.reading.goals.append(Goal(goal, self.title.name, self.is_new, self._place(0)))
        if not self.title.name:
            self.found.problem(
                self.title.place.at("title"), "", f"目標{goal}の名前がありません。題の最後に書いてください。"
            )
        filled = {
            name: self.sheet.filled_down(self.columns[name])
            for name in ("goal", "policy", "direction")
            if name in self.columns
        }
        for row in range(self.head + 1, len(self.sheet.rows)):
            self._row(row, filled)

    # --- Headings ---------------------------------------------------------------------------------

    def _read_headings(self) -> None:
        for column in range(len(self.sheet.rows[self.head])):
            heading = parsing.key(shown(self.sheet.value(self.head, column)))
            if not heading:
                continue
            name = self._name_of(heading, column)
            if name in self.columns:
                self.found.problem(self._head_cell(column), heading, "同じ見出しの列が2つあります。1つにしてください。")
            elif name:
                self.columns[name] = column
                self.headings[name] = (column_letter(column), heading if name != "issues" else "課題")

    def _head_cell(self, column: int) -> str:
        return f"シート「{self.sheet.name}」の{column_letter(column)}{self.head + 1}"

    def _name_of(self, heading: str, column: int) -> str:
        """What a column holds; "" for one that is not read, with a note or a problem."""
        if heading in _PLAIN:
            return _PLAIN[heading]
        try:
            for pattern, kind in _YEARLY:
                if match := pattern.fullmatch(heading):
                    return self._yearly(kind, fy.parse(match["year"]), heading, column)
            if "課題" in heading:
                return self._issues(heading, column)
        except fy.FiscalYearError as error:
            self.found.problem(self._head_cell(column), heading, error)
            return ""
        self.found.note(Note.SKIPPED, self._head_cell(column), f"列「{heading}」は、読まない列です")
        return ""

    def _yearly(self, kind: str, year: int, heading: str, column: int) -> str:
        if kind == "initial" and year != self.year:
            self._baseline(year, heading, column)
            return "baseline"
        if kind == "initial":
            self.is_new = True
            return "result"
        if kind == "target" and year == self.year + 1:
            return "next_target"
        if year == self.year:
            return kind
        self.found.problem(
            self._head_cell(column), heading, f"{fy.label(self.year)}の取り込みです。列の年度を確かめてください。"
        )
        return ""

    def _issues(self, heading: str, column: int) -> str:
        """The long heading of the last column names the year twice (R6 … R7): last year's sheet shows here too."""
        years = {fy.parse(match["year"]) for match in re.finditer(_ERA_YEAR, heading)}
        if years and not years <= {self.year, self.year + 1}:
            self.found.problem(
                self._head_cell(column), heading, f"{fy.label(self.year)}の取り込みです。列の年度を確かめてください。"
            )
            return ""
        return "issues"

    def _baseline(self, year: int, heading: str, column: int) -> None:
        known = self.reading.baseline_year
        if known is not None and known != year:
            self.found.problem(
                self._head_cell(column),
                heading,
                f"初期値の年度が、ほかのシートの{fy.label(known)}と違います。そろえてください。",
            )
        self.reading.baseline_year = year

    def _has_needed_columns(self) -> bool:
        year, following = fy.short(self.year), fy.short(self.year + 1)
        needed = _NAMES | {
            "result": f"{year}実績(初期値)" if self.is_new else f"{year}実績",
            "next_target": f"{following}目標", "rating": f"{year}評価", "issues": "…における課題…",
        }  # fmt: skip
        if not self.is_new:
            needed |= {"target": f"{year}目標", "baseline": "…実績(初期値)"}
            del needed["policy"], needed["direction"]
        missing = [words for name, words in needed.items() if name not in self.columns]
        for words in missing:
            self.found.problem(
                f"シート「{self.sheet.name}」の{self.head + 1}行目",
                "",
                f"列「{words}」がありません。見出しの行を元に戻してください。",
            )
        return not missing

    # --- Rows -------------------------------------------------------------------------------------

    def _place(self, row: int) -> Place:
        return Place(f"シート「{self.sheet.name}」", row + 1, self.headings)

    def _row(self, row: int, filled: dict[str, list]) -> None:
        values = self.sheet.rows[row]
        unnumbered = not shown(values[self.columns["code"]]).strip()
        if unnumbered and not any(shown(value).strip() for value in values):
            return
        if unnumbered and row in self.sheet.merged_rows:
            self._remark(row)
            return
        place = self._place(row)
        texts = self.texts(row, {name: at for name, at in self.columns.items() if name not in filled}, place)
        if not texts["code"].strip():
            if unnumbered and any(texts.values()):  # else told already
                self.found.problem(place.at("code"), "", "番号がありません。取組の番号を書くか、行を消してください。")
            return
        for name in filled:
            if (row, self.columns[name]) in self.computed:
                self.text(row, self.columns[name], place, name)
        self._check_goal(filled["goal"][row], place)
        initiative = read_initiative(self.found, place, texts)
        if initiative is not None:
            self._add(initiative, filled, row)

    def _is_remark(self, row: int) -> bool:
        return row in self.sheet.merged_rows and not shown(self.sheet.value(row, self.columns["code"])).strip()

    def _remark(self, row: int) -> None:
        """A line merged across under an initiative: ※…."""
        left, _ = self.sheet.merged_rows[row]
        place = Place(f"シート「{self.sheet.name}」", row + 1, {"remark": (column_letter(left), "")})
        text = self.found.text(self.text(row, left, place, "remark"), place, "remark")
        if not self.reading.initiatives or self.reading.initiatives[-1].goal != self.title.goal:
            why = "この行の上に取組がありません。行を消すか、番号を書いてください。"
            self.found.problem(place.at("remark"), text, why)
            return
        last = self.reading.initiatives[-1]
        self.reading.initiatives[-1] = replace(last, note="\n".join(filter(None, (last.note, text))))

    def _check_goal(self, value, place: Place) -> None:
        number = re.match(r"\d+", parsing.key(shown(value)))
        if number and int(number.group()) != self.title.goal:
            self.found.problem(
                place.at("goal"), shown(value), f"このシートは目標{self.title.goal}です。目標の番号を直してください。"
            )

    def _add(self, initiative: Initiative, filled: dict[str, list], row: int) -> None:
        place = initiative.place
        if initiative.goal != self.title.goal:
            self.found.problem(
                place.at("code"),
                initiative.code,
                f"このシートは目標{self.title.goal}です。番号を直すか、行を移してください。",
            )
            return
        policy = initiative.direction[:2]
        if "policy" in filled:
            policy = self._named_policy(filled["policy"], row, place) or policy
            if policy != initiative.direction[:2]:
                self.found.problem(
                    place.at("code"), initiative.code, f"施策の番号は({policy[1]})です。番号か施策を直してください。"
                )
        if policy not in self.reading.policies:
            self.reading.policies[policy] = Policy(*policy, place)
        if "direction" in filled:
            key = self._named_direction(filled["direction"], row, place, policy)
            initiative = replace(initiative, direction=key or initiative.direction)
        direction = initiative.direction
        if direction not in self.reading.directions:
            self.reading.directions[direction] = Direction(direction[:2], direction[2], place)
        self.reading.initiatives.append(initiative)

    def _above(self, values: list, row: int) -> str:
        """The value of a merged column; blank cells below it belong to it even where nothing is merged."""
        above = (at for at in range(row, self.head, -1) if shown(values[at]).strip() and not self._is_remark(at))
        return next((shown(values[at]) for at in above), "")

    def _named_policy(self, values: list, row: int, place: Place) -> tuple[int, int] | None:
        text = self._above(values, row)
        match = re.fullmatch(r"[(（](\d{1,2})[)）](.+)", cells.one_line(self.found.text(text, place, "policy")))
        if not match:
            self.found.problem(place.at("policy"), text, "「(1) 施策の名前」のように、番号と名前を書いてください。")
            return None
        key = (self.title.goal, int(match[1]))
        known = self.reading.policies.setdefault(key, Policy(*key, place, match[2]))
        if known.name != match[2]:
            self.found.problem(
                place.at("policy"), text, f"施策({key[1]})は、上の行では「{known.name}」です。そろえてください。"
            )
        return key

    def _named_direction(
        self, values: list, row: int, place: Place, policy: tuple[int, int]
    ) -> tuple[int, int, int] | None:
        """Directions are numbered in the order in which they stand under their policy; printed marks may err (④ for ①)."""
        text = cells.one_line(self.found.text(self._above(values, row), place, "direction"))
        mark, name = (text[0], text[1:]) if text and "①" <= text[0] <= "⑳" else ("", text)
        if not name:
            self.found.problem(place.at("direction"), text, "「①方向性の名前」のように書いてください。")
            return None
        siblings = [direction for key, direction in self.reading.directions.items() if key[:2] == policy]
        for direction in siblings:
            if direction.name == name:
                return direction.key
        direction = Direction(policy, len(siblings) + 1, place, name)
        self.reading.directions[direction.key] = direction
        if mark and ord(mark) - ord("①") + 1 != direction.number:
            code = "-".join(map(str, direction.key))
            self.found.note(
                Note.NUMBERING, place.at("direction"), f"記号は「{mark}」ですが、並び順から{code}としました"
            )
        return direction.key
