"""再掲: each cross-listing with words of its own against its original, field by field."""

import re
from collections.abc import Iterator
from itertools import takewhile

from initiatives import parsing
from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.reading import bare, plain, sentences, short
from reporting.checks.context import Context
from reporting.importing.rows import OWN_BY_IMPORT
from reporting.snapshot import Row

_BEFORE = 12  # letters shown before two texts part
_TEXTS = ("name", "description", "baseline", "target", "result", "issues")


def find(context: Context) -> Iterator[Finding]:
    for row in context.report.rows:
        original = context.rows.get(row.original_code)
        if original is None:
            continue
        real = meant(row, context)
        if real is not original:
            yield _wrong_code(context, row, original, real)
        yield from _compared(context, row, real)


def meant(row: Row, context: Context) -> Row | None:
    """The row it is a listing of: by its name, where the number names another. None unless a cross-listing."""
    original = context.rows.get(row.original_code)
    if original is None or _alike(row.name, original.name):
        return original
    named = [other for other in context.report.rows if not other.original_code and bare(other.name) == bare(row.name)]
    return named[0] if len(named) == 1 else original


def _wrong_code(context: Context, row: Row, original: Row, real: Row) -> Finding:
    return Finding(
        context.place(row, "original"),
        f"再掲 {original.code}（{original.name}）",
        f"再掲 {real.code}（{real.name}）",
        "再掲元の番号が、別の取組を指しています。",
        f"再掲元を{real.code}に直してください。",
        f"{row.name} {original.code}",
        also=(context.place(real, "code"),),
        severity=MUST,
    )


def _compared(context: Context, row: Row, original: Row) -> Iterator[Finding]:
    explained = bool(row.own_reason) and not row.own_reason.startswith(OWN_BY_IMPORT)
    if row.rating != original.rating and row.rating and original.rating and not explained:
        why = "同じ取組に、2つの評価が印刷されます。"
        yield _finding(context, row, original, "rating", row.rating, original.rating, why, MUST)
    mine, its = ({owner.department for owner in one.owners} for one in (row, original))
    if mine != its:
        words = "、".join(sorted(mine)), "、".join(sorted(its))
        yield _finding(context, row, original, "owners", *words, "再掲元と担当課が違います。", LOOK)
    for name in _TEXTS:
        of_department = name in ("result", "issues", "target")
        if of_department and (explained or not row.holds_own):
            continue
        own, other = getattr(row, name), getattr(original, name)
        if parsing.is_blank(own) or parsing.is_blank(other) or (name == "name" and _qualified(own, other)):
            continue
        if not _alike(own, other) and not (of_department and _part_of(own, other)):
            why = f"再掲元と{'名前' if name == 'name' else '文'}が違います。"
            yield _finding(context, row, original, name, *_differing(own, other), why, LOOK)


def _alike(one: str, other: str) -> bool:
    return bare(one) == bare(other)


def _qualified(one: str, other: str) -> bool:
    """貸付の相談 and 貸付の相談(緊急援護貸付): a name with what it is about behind it."""
    return any(plain(long).startswith(f"{plain(short_)}(") for long, short_ in ((one, other), (other, one)))


def _part_of(own: str, original: str) -> bool:
    """Sentences taken from the original, none of them changed: shortened, or in another order of departments."""
    told = {bare(sentence) for sentence in sentences(original)}
    whole = bare(original)
    return all(bare(sentence) in told or bare(sentence) in whole for sentence in sentences(own))


def _differing(own: str, other: str) -> tuple[str, str]:
    """The first sentences that are not the same; where they begin alike, from a little before they part."""
    mine, its = _new_in(own, other), _new_in(other, own)
    letters = zip(plain(mine), plain(its), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], letters))
    start = same - _BEFORE if same > _BEFORE + 1 else 0
    return short(f"{'…' if start else ''}{mine[start:]}", 60), short(f"{'…' if start else ''}{its[start:]}", 60)


def _new_in(text: str, other: str) -> str:
    """The first sentence that the other has not, headings such as 【介護保険課】 aside."""
    known = {bare(sentence) for sentence in sentences(other)}
    new = (one for one in sentences(text) if bare(one) not in known and not re.fullmatch(r"[【(].{2,20}[】)]|", one))
    return next((one for one in new if bare(one)), text)


def _finding(context, row: Row, original: Row, name: str, found: str, expected: str, why: str, severity: str):
    return Finding(
        context.place(row, name),
        found,
        f"{original.code}：{expected}",
        why,
        "再掲元と同じにするか、独自にする理由を書いてください。",
        f"{getattr(row, name, '') if name != 'owners' else found}|{getattr(original, name, '') if name != 'owners' else expected}",
        subject=name,
        also=(context.place(original, name),),
        severity=severity,
    )


CHECK = Check(
    name="cross_listing",
    title="再掲と再掲元の違い",
    looks_at="report",
    severity=LOOK,
    explanation="再掲の評価、担当課、名前、文を、再掲元と1つずつ比べます。番号が別の取組を指していないかも見ます。",
    example="再掲元の評価がB、再掲の評価がA。",
    alike=(
        "独自の文と評価を使う理由が書かれている再掲",
        "再掲元の文を短くしただけのもの、課の順番だけが違うもの",
        "括弧の形や「R6実績値」の見出しだけの違い",
    ),
    find=find,
)
