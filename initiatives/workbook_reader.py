"""Excel files from outside, read behind a guard: values only, within fixed bounds, refused in words.

The bounds are absolute (a ratio would refuse honest files: repetitive Japanese packs 1:119). Every part is unpacked by
us, measured and looked through before python-calamine sees it, and calamine gets a fresh archive of just those parts:
two readers can then not disagree about what the file holds. A sheet of two cells at A1 and XFD1048576 (4,654 bytes)
otherwise takes gigabytes.

Formulas are never trusted: their cells are marked, and who reads the sheet decides (Sheet.formulas).
"""

import io
import operator
import re
import xml.parsers.expat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import python_calamine

MAX_UPLOAD = 5 * 1024 * 1024
MAX_UNPACKED = 30 * 1024 * 1024
MAX_ENTRIES = 200
MAX_ROWS = 2_000
MAX_COLUMNS = 60
MAX_CELL = 32_767
MAX_MERGED = 5_000
MAX_SHEETS = 50
MAX_ELEMENTS = 600_000

UNCHANGED = "データは何も変わっていません。"
_SAVE_AS = "Excelで開き、「名前を付けて保存」で「Excel ブック（*.xlsx）」を選んで保存したものを使ってください。"


class WorkbookRefused(Exception):
    """The file is not taken in; the message tells the person why and what to do. Nothing has changed."""

    def __init__(self, why: str, what_to_do: str = ""):
        super().__init__(f"{why}{UNCHANGED}{what_to_do}")


def column_letter(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Row and column from 0 → "I7", as Excel shows it."""
    return f"{column_letter(column)}{row + 1}"


@dataclass
class Sheet:
    """One sheet. Rows and columns count from 0. A value is str, float, bool, a date or time, or "" for nothing."""

    name: str
    hidden: bool
    rows: list[list]
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    formats: dict[tuple[int, int], str] = field(default_factory=dict)  # where it is not General or text

    def value(self, row: int, column: int):
        try:
            return self.rows[row][column]
        except IndexError:
            return ""

    @cached_property
    def merged_rows(self) -> dict[int, tuple[int, int]]:
        """Rows merged across from the first columns on: row → (first, last column). For lines of notes (※…)."""
        return {top: (left, right) for top, left, bottom, right in self.merged if top == bottom and right > left}

    def filled_down(self, column: int) -> list:
        """The values of a column, each merged block filled with its first value."""
        values = [self.value(row, column) for row in range(len(self.rows))]
        for top, left, bottom, right in self.merged:
            if left <= column <= right and left == right:
                for row in range(top + 1, min(bottom + 1, len(values))):
                    values[row] = values[top]
        return values


@dataclass
class Workbook:
    sheets: list[Sheet]


def read(content: bytes) -> Workbook:
    """All sheets of an xlsx file. Raises WorkbookRefused."""
    parts = unpack(content)
    _refuse_foreign(parts)
    names = _sheet_parts(parts)
    formats = _formats(parts.get("xl/styles.xml"))
    scans = {part: _Scan(parts[part], name, formats) for name, part, _ in names}
    values = _values(parts)
    return Workbook([_sheet(name, hidden, values[name], scans[part]) for name, part, hidden in names])


# --- The archive ----------------------------------------------------------------------------------


def _megabytes(size: int) -> str:
    return f"約{max(1, round(size / 1_000_000)):,}MB"


def unpack(content: bytes) -> dict[str, bytes]:
    """Every part of a zip archive by name, each checked against its declared size and checksum. Raises WorkbookRefused."""
    if len(content) > MAX_UPLOAD:
        raise WorkbookRefused(f"このファイルは{_megabytes(len(content))}あります（上限5MB）。受け付けていません。")
    _refuse_other_kinds(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_odd_entries(entries)
            return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise WorkbookRefused("このファイルは途中で切れているか、壊れています。", _SAVE_AS) from error


def _refuse_other_kinds(content: bytes) -> None:
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise WorkbookRefused(
                "このファイルにはパスワードが付いています。",
                "Excelでパスワードを外して保存し、もう一度選んでください。",
            )
        raise WorkbookRefused("これは古い形式のExcel（.xls）です。", _SAVE_AS)
    if content[:2] != b"PK":
        kind = "PDF" if content[:5] == b"%PDF-" else "Excelではない"
        raise WorkbookRefused(f"これは{kind}ファイルです。読めるのはExcel（.xlsx）だけです。", _SAVE_AS)


def _refuse_odd_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise WorkbookRefused(
            f"このファイルの中には部品が{len(entries):,}個あります（上限{MAX_ENTRIES}個）。受け付けていません。"
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise WorkbookRefused(
            f"このファイルは広げると{_megabytes(unpacked)}になります（上限30MB）。受け付けていません。"
        )
    names = [entry.filename.lower() for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise WorkbookRefused(f"このファイルの中に同じ部品（{twice}）が2つあります。受け付けていません。", _SAVE_AS)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise WorkbookRefused(
                "このファイルにはパスワードが付いています。",
                "Excelでパスワードを外して保存し、もう一度選んでください。",
            )
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.split("/"):
            raise WorkbookRefused(
                "このファイルの中に、置き場所のおかしい部品があります。受け付けていません。", _SAVE_AS
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookRefused("このファイルは、Excelが使わない方法で縮めてあります。受け付けていません。", _SAVE_AS)


def _refuse_foreign(parts: dict[str, bytes]) -> None:
    """Macros, links to other files and archives within the archive have no place in a survey sheet."""
    if "xl/workbook.xml" not in parts or "[Content_Types].xml" not in parts:
        raise WorkbookRefused("これはExcel（.xlsx）ファイルではありません。", _SAVE_AS)
    if b"macroEnabled" in parts["[Content_Types].xml"] or any(
        name.lower().endswith("vbaproject.bin") for name in parts
    ):
        raise WorkbookRefused("このファイルにはマクロが入っています。受け付けていません。", _SAVE_AS)
    for name, content in parts.items():
        lower = name.lower()
        if lower.startswith(("xl/externallinks/", "xl/connections", "xl/querytables/")):
            raise WorkbookRefused(
                "このファイルは、ほかのファイルやデータを見に行くようになっています（外部リンク）。受け付けていません。",
                "Excelの「データ」→「リンクの編集」でリンクを解除して保存し、もう一度選んでください。",
            )
        if lower.startswith(("xl/embeddings/", "xl/activex/")) or content[:4] == b"PK\x03\x04":
            raise WorkbookRefused(
                "このファイルの中に別のファイルが埋め込まれています。受け付けていません。",
                "埋め込みを消して保存し、もう一度選んでください。",
            )
        if lower.endswith((".xml", ".rels")):
            _refuse_odd_xml(content)


_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def _refuse_odd_xml(content: bytes) -> None:
    """XML as Excel writes it: UTF-8 and without declarations of its own (entities are how XML bombs are built)."""
    head = content[:200].lower()
    odd_encoding = content[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"encoding=" in head and b"utf-8" not in head)
    # NUL: not XML at all, but calamine would read it.
    if odd_encoding or b"\0" in content or _DECLARATION.search(content):
        raise WorkbookRefused(
            "このファイルの中に、Excelが書かない書き方の部品があります。受け付けていません。", _SAVE_AS
        )


# --- The parts ------------------------------------------------------------------------------------


def _parse(content: bytes, on_start) -> None:
    """Walk an XML part; on_start(name without prefix, attributes). Bounded in elements."""
    parser = xml.parsers.expat.ParserCreate()
    seen = 0

    def start(name, attributes):
        nonlocal seen
        seen += 1
        if seen > MAX_ELEMENTS:
            raise WorkbookRefused(
                f"このファイルのシートには部品が{MAX_ELEMENTS:,}個より多くあります。受け付けていません。", _SAVE_AS
            )
        on_start(name.rpartition(":")[2] if ":" in name else name, attributes)

    parser.StartElementHandler = start
    try:
        parser.Parse(content, True)
    except xml.parsers.expat.ExpatError as error:
        raise WorkbookRefused("このファイルの中身が壊れています。", _SAVE_AS) from error


def _sheet_parts(parts: dict[str, bytes]) -> list[tuple[str, str, bool]]:
    """(sheet name, part name, hidden) in the workbook's order."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str, bool]] = []

    def relation(name, attributes):
        if name == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(name, attributes):
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets.append(
                (attributes.get("name", ""), targets.get(key, ""), attributes.get("state", "visible") != "visible")
            )

    _parse(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"), relation)
    _parse(parts["xl/workbook.xml"], sheet)
    # Chart sheets hold no cells.
    sheets = [item for item in sheets if item[1].startswith("xl/worksheets/")]
    if (
        not sheets
        or any(part not in parts for _, part, _ in sheets)
        or len({name for name, _, _ in sheets}) < len(sheets)
    ):
        raise WorkbookRefused("このファイルにはシートがないか、壊れています。", _SAVE_AS)
    if len(sheets) > MAX_SHEETS:
        raise WorkbookRefused(
            f"このファイルにはシートが{len(sheets)}枚あります（上限{MAX_SHEETS}枚）。受け付けていません。"
        )
    return sheets


# Built-in formats that matter here; all others are named in styles.xml. 14–22, 45–47: dates and times.
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: "@"}


def _formats(styles: bytes | None) -> list[str]:
    """The number format of each cell style; "General" where the style says nothing."""
    if styles is None:
        return []
    codes = dict(_BUILT_IN)
    formats: list[str] = []
    within = ""

    def start(name, attributes):
        nonlocal within
        if name in ("cellXfs", "cellStyleXfs", "dxfs"):
            within = name
        elif name == "numFmt" and within != "dxfs":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "xf" and within == "cellXfs":
            formats.append(codes.get(int(attributes.get("numFmtId", 0)), "General"))

    try:
        _parse(styles, start)
    except (KeyError, ValueError) as error:
        raise WorkbookRefused("このファイルの書式が壊れています。", _SAVE_AS) from error
    return formats


_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_COLUMNS = {column_letter(column): column for column in range(MAX_COLUMNS)}
_COLUMN_BYTES = {letters.encode(): column for letters, column in _COLUMNS.items()}


def _position(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise WorkbookRefused("このファイルのセルの番地が壊れています。", _SAVE_AS)
    letters = match.group(1)
    column = _COLUMNS.get(letters)
    if column is None:
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - ord("A") + 1
        column -= 1
    return int(match.group(2)) - 1, column


# Sheets as Excel and openpyxl write them are looked through with two expressions; every other way of writing XML
# (prefixes, comments, other quotes or order, formulas) goes through the parser below. What counts is that every tag
# of a cell or row is seen: the number of matches must be the number of tags.
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?\s?/?>')
_PLAIN_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"[^<>]*>')
_PLAIN_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"\s?/>')
_TAG = re.compile(rb"<(?:(?:[A-Za-z0-9_.-]+:)?(?:c|row|f|mergeCell)[\s/>]|!)")


def _rises(places: list[int]) -> bool:
    return all(map(operator.lt, places, places[1:]))


class _Scan:
    """One pass over a sheet's XML: its bounds are checked; what calamine does not tell is kept."""

    def __init__(self, content: bytes, sheet: str, formats: list[str]):
        self.sheet = sheet
        # Only formats that change how a number reads: style number (as written) → format.
        self.style_formats = {str(i): code for i, code in enumerate(formats) if code not in ("General", "@")}
        self.byte_formats = {style.encode(): code for style, code in self.style_formats.items()}
        self.row = self.column = -1
        self.merged: list[tuple[int, int, int, int]] = []
        self.formulas: set[tuple[int, int]] = set()
        self.errors: set[tuple[int, int]] = set()
        self.formats: dict[tuple[int, int], str] = {}
        if not self._read_plain(content):
            _parse(content, self._start)

    def _read_plain(self, content: bytes) -> bool:
        """The quick way; False, with nothing kept, when the sheet is not written as plainly as it needs."""
        end = max(content.rfind(b"</sheetData>"), 0)  # merges stand behind the cells, where little else does
        rows, cells = _PLAIN_ROW.findall(content), _PLAIN_CELL.findall(content)
        merges = _PLAIN_MERGE.findall(content, end)
        complete = (
            len(cells) + len(rows) + len(merges) == len(_TAG.findall(content))
            and len(cells) <= MAX_ROWS * MAX_COLUMNS
            and len(rows) <= MAX_ROWS
            and len(merges) <= MAX_MERGED
        )
        if not complete or not content.rstrip().endswith(b"</worksheet>"):
            return False
        number_of = {number: int(number) for number in {number for _, number, _, _ in cells}.union(rows)}
        columns = {letters for letters, _, _, _ in cells}
        if any(number > MAX_ROWS for number in number_of.values()) or not columns <= _COLUMN_BYTES.keys():
            return False
        order = [number_of[number] * MAX_COLUMNS + _COLUMN_BYTES[letters] for letters, number, _, _ in cells]
        if not _rises(order) or not _rises([number_of[number] for number in rows]):
            return False  # the parser below says what is wrong with it
        for letters, number, style, kind in cells:
            if style in self.byte_formats:
                self.formats[number_of[number] - 1, _COLUMN_BYTES[letters]] = self.byte_formats[style]
            if kind == b"e":
                self.errors.add((number_of[number] - 1, _COLUMN_BYTES[letters]))
        for reference in merges:
            self._merge(reference.decode())
        return True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self._new_row(attributes.get("r"))
        elif name == "f":
            self.formulas.add((self.row, self.column))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _new_row(self, number: str | None) -> None:
        if number is not None and not re.fullmatch(r"[1-9][0-9]{0,6}", number):
            raise WorkbookRefused("このファイルの行の番号が壊れています。", _SAVE_AS)
        row = self.row + 1 if number is None else int(number) - 1
        if row <= self.row:
            raise WorkbookRefused(f"シート「{self.sheet}」の行の並びが壊れています。", _SAVE_AS)
        self.row, self.column = row, -1
        if row >= MAX_ROWS:
            raise WorkbookRefused(
                f"シート「{self.sheet}」に{row + 1:,}行目のセルがあります（上限{MAX_ROWS:,}行）。受け付けていません。",
                "表の下の使っていない行を削除して保存し、もう一度選んでください。",
            )

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        row, column = (self.row, self.column + 1) if reference is None else _position(reference)
        if column >= MAX_COLUMNS:
            raise WorkbookRefused(
                f"シート「{self.sheet}」に{column_letter(column)}列（{column + 1:,}列目）のセルがあります"
                f"（上限{MAX_COLUMNS}列）。受け付けていません。",
                "表の右の使っていない列を削除して保存し、もう一度選んでください。",
            )
        if row != self.row or column <= self.column:
            raise WorkbookRefused(f"シート「{self.sheet}」のセルの並びが壊れています。", _SAVE_AS)
        self.column = column
        if attributes.get("t") == "e":
            self.errors.add((row, column))
        format_ = self.style_formats.get(attributes.get("s"))
        if format_ is not None:
            self.formats[row, column] = format_

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _position(first)
        bottom, right = _position(last or first)
        # Blank rows or columns may be merged beyond the bounds; what lies outside is of no interest.
        self.merged.append((top, left, min(bottom, MAX_ROWS - 1), min(right, MAX_COLUMNS - 1)))
        if len(self.merged) > MAX_MERGED:
            raise WorkbookRefused(
                f"シート「{self.sheet}」に結合したセルが{MAX_MERGED:,}か所より多くあります。受け付けていません。"
            )


# --- The values -----------------------------------------------------------------------------------

_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles|sharedStrings)\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml"
)


def _values(parts: dict[str, bytes]) -> dict[str, list[list]]:
    """Sheet name → rows of values from A1 on, read by calamine from an archive of what has been checked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            if _NEEDED.fullmatch(name):
                archive.writestr(name, content)
    packed.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(packed)
        return {sheet.name: sheet.to_python(skip_empty_area=False) for sheet in _worksheets(book)}
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise WorkbookRefused("このファイルの中身が壊れています。", _SAVE_AS) from error


def _worksheets(book) -> Iterator[python_calamine.CalamineSheet]:
    for data in book.sheets_metadata:
        if data.typ == python_calamine.SheetTypeEnum.WorkSheet:
            yield book.get_sheet_by_name(data.name)


def _sheet(name: str, hidden: bool, rows: list[list], scan: _Scan) -> Sheet:
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, str) and len(value) > MAX_CELL:
                raise WorkbookRefused(
                    f"シート「{name}」の{cell_name(row, column)}に{len(value):,}字入っています（Excelの上限は{MAX_CELL:,}字）。受け付けていません。"
                )
    return Sheet(name, hidden, rows, tuple(scan.merged), frozenset(scan.formulas), frozenset(scan.errors), scan.formats)
