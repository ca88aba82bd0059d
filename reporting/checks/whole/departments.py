"""課の名前: owners against the register of the year, and partners under two names."""

from collections.abc import Iterator

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from reporting.checks.context import Context


def find(context: Context) -> Iterator[Finding]:
    if context.register is not None:
        yield from _unregistered(context)
    yield from _partners(context)


def _unregistered(context: Context) -> Iterator[Finding]:
    known = set(context.register)
    for row in context.report.rows:
        for owner in row.owners:
            if owner.department not in known:
                yield Finding(
                    context.place(row, "owners", owner.department),
                    owner.department,
                    "その年度の登録にある課の名前",
                    "この名前の課は、この年度の登録にありません。",
                    "課の改称や統合を登録するか、担当課を直してください。",
                    owner.department,
                )


def _partners(context: Context) -> Iterator[Finding]:
    """A partner under a name that the dictionary knows as another's form."""
    named: dict[str, list] = {}
    for row in context.report.rows:
        for owner in row.owners:
            for partner in owner.partners:
                named.setdefault(partner, []).append(row)
    for term in context.terms.of("mixed"):
        forms = {name: rows for name, rows in named.items() if name in (term.right, term.word)}
        if len(forms) < 2:
            continue
        usual = max(forms, key=lambda name: len(forms[name]))
        for name, rows in forms.items():
            for row in rows if name != usual else ():
                yield Finding(
                    context.place(row, "partner"),
                    name,
                    usual,
                    f"ほかの{len(forms[usual])}件では「{usual}」と書いています。",
                    f"「{usual}」にそろえてください。",
                    name,
                    severity=LOOK,
                )


CHECK = Check(
    name="departments",
    title="課と団体の名前",
    looks_at="report",
    severity=MUST,
    explanation="担当課の名前がその年度の登録にあるか、協力団体が2つの名前で出ていないかを見ます。",
    example="協力団体が「市社協」18件と「市社会福祉協議会」1件に分かれています。",
    alike=("その年度にあった、いまは改称した課", "（R5より）のような付記"),
    find=find,
)
