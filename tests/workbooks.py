"""Files that are no honest workbook, each made from an honest one: for every import of Excel."""

import io
import resource
import time
import zipfile
from collections.abc import Callable

import pytest

from initiatives.workbook_reader import WorkbookRefused
from tests.reporting.importing.dump import everything

SHEET1 = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
UNCHANGED = "データは何も変わっていません。"
SAVE_AS = "Excelで開き、「名前を付けて保存」で「Excel ブック（*.xlsx）」を選んで保存したものを使ってください。"


def repacked(content: bytes, replace=None, add=None, drop=(), packing=zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook's archive with parts replaced (name → function of bytes), added or dropped."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", packing) as new:
        for entry in old.infolist():
            if entry.filename not in drop:
                change = (replace or {}).get(entry.filename, lambda data: data)
                new.writestr(entry.filename, change(old.read(entry)))
        for name, data in (add or {}).items():
            new.writestr(name, data)
    return out.getvalue()


def parts_of(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return len(archive.infolist())


def sheet_xml(content: bytes, xml: str) -> bytes:
    """The workbook with its first sheet's XML replaced."""
    head = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return repacked(content, {SHEET1: lambda _: (head + xml + "</worksheet>").encode()})


def sparse(content: bytes) -> bytes:
    return sheet_xml(
        content,
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )


def wide(content: bytes) -> bytes:
    return sheet_xml(content, '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row></sheetData>')


def backwards(content: bytes) -> bytes:
    return sheet_xml(content, '<sheetData><row r="2"><c r="A2"/></row><row r="1"><c r="A1"/></row></sheetData>')


def no_address(content: bytes) -> bytes:
    return sheet_xml(content, '<sheetData><row r="1"><c r="１"><v>1</v></c></row></sheetData>')


def long_cell(content: bytes) -> bytes:
    text = "長" * 100_000
    return sheet_xml(
        content, f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row></sheetData>'
    )


def nul(content: bytes) -> bytes:
    return sheet_xml(
        content, '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a\0b</t></is></c></row></sheetData>'
    )


def many_merges(content: bytes) -> bytes:
    merges = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 5_002))
    return sheet_xml(content, f"<sheetData/><mergeCells>{merges}</mergeCells>")


def bomb(content: bytes) -> bytes:
    return repacked(content, add={"xl/media/image1.png": b"\0" * 288_616_930})


def many_entries(content: bytes) -> bytes:
    return repacked(content, add={f"xl/media/image{number}.png": b"" for number in range(300)})


def nested(content: bytes) -> bytes:
    return repacked(content, add={"xl/media/more.bin": content})


def embedded(content: bytes) -> bytes:
    return repacked(content, add={"xl/embeddings/oleObject1.bin": b"x"})


def twice(content: bytes) -> bytes:
    return repacked(content, add={"xl/Worksheets/Sheet1.xml": b"<worksheet/>"})


def outside(content: bytes) -> bytes:
    return repacked(content, add={"../../etc/cron.d/x": b"x"})


def packed_otherwise(content: bytes) -> bytes:
    return repacked(content, packing=zipfile.ZIP_BZIP2)


def _declared(content: bytes, declaration: str) -> bytes:
    return repacked(
        content, {SHEET1: lambda data: data.replace(b"<worksheet", declaration.encode() + b"<worksheet", 1)}
    )


def entities(content: bytes) -> bytes:
    """Billion laughs."""
    return _declared(content, '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>')


def outer_entity(content: bytes) -> bytes:
    """XXE."""
    return _declared(content, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')


def other_encoding(content: bytes) -> bytes:
    return repacked(content, {SHEET1: lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16")})


def external_link(content: bytes) -> bytes:
    return repacked(content, add={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def dde(content: bytes) -> bytes:
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    return repacked(content, add={"xl/externalLinks/externalLink1.xml": link})


def connection(content: bytes) -> bytes:
    return repacked(content, add={"xl/connections.xml": b"<connections/>"})


def macro(content: bytes) -> bytes:
    return repacked(content, add={"xl/vbaProject.bin": b"x"})


def macro_type(content: bytes) -> bytes:
    """An .xlsm that was renamed."""
    return repacked(
        content, {TYPES: lambda data: data.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")}
    )


def no_workbook(content: bytes) -> bytes:
    """A .docx that was renamed, say."""
    return repacked(content, drop=("xl/workbook.xml",))


def sheet_missing(content: bytes) -> bytes:
    return repacked(content, drop=(SHEET1,))


def cut_xml(content: bytes) -> bytes:
    return repacked(content, {SHEET1: lambda data: data[: len(data) // 2]})


def bad_styles(content: bytes) -> bytes:
    return repacked(
        content,
        {"xl/styles.xml": lambda _: b'<styleSheet><cellXfs><xf numFmtId="many"/></cellXfs></styleSheet>'},
    )


def truncated(content: bytes) -> bytes:
    return content[:-900]


def flipped(content: bytes) -> bytes:
    """One byte of a packed part is another."""
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def lying_header(content: bytes) -> bytes:
    """The archive says of a part that it is small."""
    data = bytearray(repacked(content, add={"xl/media/big.png": b"\0" * 3_000_000}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo("xl/media/big.png")
    size = entry.file_size.to_bytes(4, "little")
    at = bytes(data).rindex(size)
    data[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def locked_entry(content: bytes) -> bytes:
    """An archive with a password of its own: the flag of the first entry, in both of its places."""
    data = bytearray(content)
    data[6] |= 1
    data[bytes(data).index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def encrypted(content: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def old_excel(content: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 600


def assert_refused(read: Callable[[bytes], object], hostile: bytes, words: str) -> None:
    """In these words, within three seconds and 200 MB, and the database is as it was."""
    before = everything()
    start, memory = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(WorkbookRefused) as refused:
        read(hostile)
    assert str(refused.value) == words
    assert time.perf_counter() - start < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 200 * 1024
    assert everything() == before


def always(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


def files(sheet: str, parts: int) -> dict[str, tuple[Callable[[bytes], bytes], str]]:
    """name → (what makes it of an honest workbook, the words of its refusal).

    `sheet`: the first sheet's name. `parts`: how many parts the honest workbook has.
    """
    not_excel = f"これはExcelではないファイルです。読めるのはExcel（.xlsx）だけです。{UNCHANGED}{SAVE_AS}"
    odd = f"このファイルの中に、Excelが書かない書き方の部品があります。受け付けていません。{UNCHANGED}{SAVE_AS}"
    broken = f"このファイルは途中で切れているか、壊れています。{UNCHANGED}{SAVE_AS}"
    inside = f"このファイルの中身が壊れています。{UNCHANGED}{SAVE_AS}"
    password = f"このファイルにはパスワードが付いています。{UNCHANGED}Excelでパスワードを外して保存し、もう一度選んでください。"
    linked = f"このファイルは、ほかのファイルやデータを見に行くようになっています（外部リンク）。受け付けていません。{UNCHANGED}Excelの「データ」→「リンクの編集」でリンクを解除して保存し、もう一度選んでください。"
    nested_words = f"このファイルの中に別のファイルが埋め込まれています。受け付けていません。{UNCHANGED}埋め込みを消して保存し、もう一度選んでください。"
    macros = f"このファイルにはマクロが入っています。受け付けていません。{UNCHANGED}{SAVE_AS}"
    return {
        "csv": (always(b"a,b\n1,2\n"), not_excel),
        "html": (always(b"<html><table><tr><td>1"), not_excel),
        "pdf": (always(b"%PDF-1.7\n"), f"これはPDFファイルです。読めるのはExcel（.xlsx）だけです。{UNCHANGED}{SAVE_AS}"),
        "empty": (always(b""), not_excel),
        "xls": (old_excel, f"これは古い形式のExcel（.xls）です。{UNCHANGED}{SAVE_AS}"),
        "password": (encrypted, password),
        "password of the archive": (locked_entry, password),
        "too big": (always(b"PK" + b"\0" * 6_000_000), f"このファイルは約6MBあります（上限5MB）。受け付けていません。{UNCHANGED}"),
        "bomb": (bomb, f"このファイルは広げると約289MBになります（上限30MB）。受け付けていません。{UNCHANGED}"),
        "many entries": (many_entries, f"このファイルの中には部品が{parts + 300}個あります（上限200個）。受け付けていません。{UNCHANGED}"),
        "nested archive": (nested, nested_words),
        "embedded object": (embedded, nested_words),
        "part twice": (twice, f"このファイルの中に同じ部品（xl/worksheets/sheet1.xml）が2つあります。受け付けていません。{UNCHANGED}{SAVE_AS}"),
        "part outside": (outside, f"このファイルの中に、置き場所のおかしい部品があります。受け付けていません。{UNCHANGED}{SAVE_AS}"),
        "other packing": (packed_otherwise, f"このファイルは、Excelが使わない方法で縮めてあります。受け付けていません。{UNCHANGED}{SAVE_AS}"),
        "entities": (entities, odd),
        "outer entity": (outer_entity, odd),
        "other encoding": (other_encoding, odd),
        "external link": (external_link, linked),
        "dde": (dde, linked),
        "connection": (connection, linked),
        "macro": (macro, macros),
        "xlsm": (macro_type, macros),
        "no workbook": (no_workbook, f"これはExcel（.xlsx）ファイルではありません。{UNCHANGED}{SAVE_AS}"),
        "no sheet": (sheet_missing, f"このファイルにはシートがないか、壊れています。{UNCHANGED}{SAVE_AS}"),
        "cut xml": (cut_xml, inside),
        "nul": (nul, odd),
        "bad styles": (bad_styles, f"このファイルの書式が壊れています。{UNCHANGED}{SAVE_AS}"),
        "truncated": (truncated, broken),
        "flipped byte": (flipped, broken),
        "lying header": (lying_header, broken),
        "rows out of order": (backwards, f"シート「{sheet}」の行の並びが壊れています。{UNCHANGED}{SAVE_AS}"),
        "bad address": (no_address, f"このファイルのセルの番地が壊れています。{UNCHANGED}{SAVE_AS}"),
        "long cell": (long_cell, f"シート「{sheet}」のA1に100,000字入っています（Excelの上限は32,767字）。受け付けていません。{UNCHANGED}"),
        "many merges": (many_merges, f"シート「{sheet}」に結合したセルが5,000か所より多くあります。受け付けていません。{UNCHANGED}"),
        "last cell of all": (sparse, f"シート「{sheet}」に1,048,576行目のセルがあります（上限2,000行）。受け付けていません。{UNCHANGED}表の下の使っていない行を削除して保存し、もう一度選んでください。"),
        "too wide": (wide, f"シート「{sheet}」にXFD列（16,384列目）のセルがあります（上限60列）。受け付けていません。{UNCHANGED}表の右の使っていない列を削除して保存し、もう一度選んでください。"),
    }  # fmt: skip
