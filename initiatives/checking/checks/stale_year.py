"""古い年度: last year's text standing as this year's, and 「R5実績と同様」, which tells the reader nothing."""

import re
from collections.abc import Iterator

from initiatives import fiscal_year as fy
from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import plain, short, years_in
from initiatives.checking.writing import Writing

_ALIKE_LAST = re.compile(r"(?:の|と|実績|取組|取り?組み|事業|内容)*と同(?:様|じ)")
_TOPIC = re.compile(r"(?:実績)?(?:は|も|中に|中も|中は|の|において|には|では)")
# The year is where something began or what is built upon, not when this year's work was done.
_BACKGROUND = re.compile(
    r"引き続き|に続き|を踏まえ|に基づ|と比|に比|を受け|に加え|時点|改正|検討を|結果を|までに|開始した|^末?(?:から|以降|以来|より)"
)
_PAST = re.compile(r"(?:た|ました)。?$")


def find(writing: Writing) -> Iterator[Finding]:
    for name in ("target", "result"):
        yield from _like_last_year(writing, name)
    yield from _past_year(writing)
    yield from _done_next_year(writing)


def _like_last_year(writing: Writing, name: str) -> Iterator[Finding]:
    text = getattr(writing, name)
    told = plain(text)
    for match, year in years_in(told):
        after = _ALIKE_LAST.match(told[match.end() :])
        if year < writing.fiscal_year and after:
            yield Finding(
                writing.place(name),
                text[match.start() : match.end() + after.end()],
                f"{fy.label(writing.fiscal_year)}に行ったこと",
                "この報告書だけを読む人には、前の年度の文が見えません。",
                "行ったことと数を、この年度の文で書いてください。",
                text,
                subject=f"{match[0]}{after[0]}{told[: match.start()].count(match[0])}",
            )


def _past_year(writing: Writing) -> Iterator[Finding]:
    for sentence in _sentences(writing.result):
        told = plain(sentence)
        for match, year in years_in(told):
            rest = told[match.end() :]
            stale = year < writing.fiscal_year and _TOPIC.match(rest) and _PAST.search(told)
            stale = stale and not _ALIKE_LAST.match(rest)  # that has been told
            if stale and not _BACKGROUND.search(rest.split("、")[0]) and not _names(told, writing.fiscal_year):
                yield Finding(
                    writing.place("result"),
                    short(sentence),
                    f"{fy.label(writing.fiscal_year)}のこと",
                    f"{fy.label(writing.fiscal_year)}の実績に、{fy.label(year)}のことが書かれています。",
                    "年度を直すか、この年度に行ったことに書きかえてください。",
                    sentence,
                    subject=match[0] + rest[:12],
                )


def _done_next_year(writing: Writing) -> Iterator[Finding]:
    for sentence in _sentences(writing.issues):
        told = plain(sentence)
        first = next(years_in(told), None)
        if not first or first[1] != writing.fiscal_year + 1 or first[0].start() > 6:
            continue
        if _TOPIC.match(told[first[0].end() :]) and _PAST.search(told):
            yield Finding(
                writing.place("issues"),
                short(sentence),
                f"{fy.label(first[1])}に行う予定",
                f"{fy.label(first[1])}のことが、終わったことのように書かれています。",
                "「行う」「行う予定」に直してください。",
                sentence,
                subject=first[0][0],
            )


def _sentences(text: str) -> list[str]:
    return [piece for piece in re.split(r"(?<=。)|\n", text) if piece]


def _names(told: str, year: int) -> bool:
    return any(named == year for _, named in years_in(told))


CHECK = Check(
    name="stale_year",
    title="古い年度の文",
    looks_at="row",
    severity=MUST,
    explanation="前の年度の文がそのまま残っている所と、「R5実績と同様」のように読む人にわからない所を見つけます。",
    example="令和6年度の実績に「令和4年度は教室を開いた。」とあれば、古い文です。",
    alike=(
        "「令和4年度から実施している」（始まった年度）",
        "「令和5年度に引き続き」「令和5年度の検討を踏まえ」",
        "「令和6年度103件、令和5年度80件」（くらべるための数）",
        "課題の欄の「R7もR6と同様に続ける」",
    ),
    find=find,
)
