"""The number of a result against the number of its target: 22件 ÷ 目標30件 ＝ 73.3％.

The one rule for the page on which a department writes and for the check of a year (checking/pairing.py adds pairs that
have names of their own, and averages them). `target_rate` reads free text, so it speaks only when there is no doubt: one counted number in the target, and one in the
result that counts the same thing in the same unit. Everything else (dates, parts of a whole, other years, rates per
month, about so many, no more than so many) is passed over, and where two numbers would do, nothing is said. Pure.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators import calculation
from initiatives import fiscal_year as fy

# A unit, its other spellings, and what must not follow: 回 is no unit in 回線, 人 none in 人材.
_UNITS = {
    "件": ("件", "名数"),
    "人": ("人|名", "材権口数間工員件前称簿"),
    "回": ("回", "線答収復目数"),
    "団体": ("団体", "数"),
    "％": ("%|パーセント", ""),
    "施設": ("施設", "長数"),
    "か所": ("(?:か|ヶ|カ|ヵ|ケ|箇|個)所", "数"),
    "校": ("校", "区長庭舎"),
    "園": ("園", "児長芸"),
    "公園": ("公園", ""),
    "組織": ("組織", ""),
    "世帯": ("世帯", "主数"),
    "組": ("組", "織合数"),
    "台": ("台", "風帳数本"),
    "戸": ("戸", "籍建数"),
    "点": ("点", "検字数"),
    "店舗": ("店舗", ""),
    "事業所": ("事業所", "数"),
    "社": ("社", "協会団員"),
    "講座": ("講座", ""),
    "枚": ("枚", "数"),
    "冊": ("冊", "子数"),
    "部": ("部", "門屋署会局長分数"),
    "本": ("本", "部市年会人数"),
    "床": ("床", ""),
    "時間": ("時間", "帯外"),
    "か国": ("(?:か|ヶ|カ|ヵ|ケ|箇)国", ""),
}
_UNIT = "|".join(
    f"(?P<u{place}>{spelling}){f'(?![{after}])' if after else ''}"
    for place, (spelling, after) in sorted(enumerate(_UNITS.values()), key=lambda unit: -len(unit[1][0]))
)
_NAMES = list(_UNITS)
_NUMBER = re.compile(
    rf"(?<![\d.,A-Za-z/\-~〜×])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,12}})(?P<d>\.\d+)?(?P<man>万)?(?:{_UNIT})"
)

# Just before the number: it counts something else than what was done this year.
_NOT_BEFORE = re.compile(
    r"(?:第|各|毎|月|週|日|予定[のはが]?|当初|計画[のはが]?|定員|うち[、\s]?|内訳|上限|最大|最低"
    r"|(?:か月|ヶ月|年|週間?|日)に|前年度?(?:比|から|より)|対前年度?比?|他に?|ほか|未達|残り|不足|募集)[約\s:]*$"
)
_AIM_BEFORE = re.compile(r"目標[はがを値数の:()であるとして\s]*$")  # the target said once more
# Right after it: a share for each, a difference, an order, another measure of the target.
_NOT_AFTER = re.compile(
    r"[\s)]*(?:目|ずつ|当たり|あたり|当り|ごと|毎|につき|以内|の(?:うち|内)|中|[のが]?(?:大幅に)?(?:増|減|伸|アップ|ダウン|削減|不足|未達)"
    r"|[をに]?(?:上|下)回|[をに]目標|[のを]予定|[のを]目指|の目標|定員|待ち|ポイント|[~〜\-]|/\s*\d|×)"
)
_ABOUT = re.compile(r"(?:約|およそ|おおむね|概ね|ほぼ|程度|弱|強|余り?)$")
_ABOUT_AFTER = re.compile(r"(?:程度|弱|強|余|前後|ほど|近く|超)")
_CUMULATIVE = re.compile(r"(?:延べ?|のべ)(?:人数|人員|利用者数?|参加者数?|件数|回数|:|は|\s)*$")
_A_YEAR = re.compile(r"年(?:に|間)?$")
_WHOLE = re.compile(r"(?:合計|総計|全体で|総数|計|合わせて)[はで:、\s]*(?:延べ?|のべ)?$")
# The fewer the better, or a limit: number ÷ target would say the contrary.
_FEWER = re.compile(r"以下|以内|未満|まで|減|待機|未収|滞納|苦情|事故|対応中|ゼロ|解消|抑|なくす|防ぐ|縮")
_OTHER_YEAR = re.compile(
    r"(?:令和|平成|R|H)\s*(?P<y>元|\d{1,2})(?:年度?|(?=[^\d.]))(?P<since>[^。\n]{0,2}(?:から|以降|より))?"
    r"|(?P<past>一?昨年度?|前年度?|過年度|これまで|従来|次年度|来年度|翌年度?|今後)|(?P<now>今年度|本年度|当年度)"
)
# Words that say what is counted; those that stand in any target or result tell nothing.
_WORDS = re.compile(r"[一-龠々]{2,}|[ァ-ヶー]{2,}")
_ANYWHERE = {
    "実施",
    "開催",
    "目標",
    "実績",
    "績値",
    "年度",
    "以上",
    "継続",
    "拡充",
    "人数",
    "件数",
    "回数",
    "合計",
    "令和",
    "年間",
}
_IN_PARTS = re.compile(r"[(（][^()（）]*うち[^()（）]*[)）]|うち[^。\n]*?(?=[。\n]|$)")


@dataclass(frozen=True)
class Quantity:
    """A counted number of a text. `written` is how it stands there, half width."""

    value: Decimal
    unit: str
    written: str
    cumulative: bool = False  # 延べ
    yearly: bool = False  # 年4回
    about: bool = False  # 約30件
    whole: bool = False  # 合計
    about_what: frozenset[str] = frozenset()  # pairs of characters of the words beside it


@dataclass(frozen=True)
class TargetRate:
    actual: Quantity
    target: Quantity
    rate: Decimal  # percent, one decimal

    def __str__(self) -> str:
        return f"{self.division} ＝ {self.rate}％"

    @property
    def division(self) -> str:
        return f"{self.actual.written} ÷ 目標{self.target.written}"


def average(rates: Sequence[TargetRate]) -> Decimal:
    """Of several targets: none counts for more than reached, so that one cannot make up for another."""
    if len(rates) == 1:
        return rates[0].rate
    capped = [min(calculation.HUNDRED, each.rate) for each in rates]
    return calculation.round_half_up(sum(capped) / len(capped), calculation.ACHIEVEMENT_PLACES)


def why_other(rate: Decimal, letter: str) -> str:
    """Why another rating than `letter` is worth a look."""
    return f"数では{rate}％なので、{letter}の範囲です。"


def how_to_settle(letter: str, rating: str) -> str:
    return f"{letter}に変えるか、{rating}とする理由を実績の文に書いてください。"


def fewer_is_better(target: str) -> bool:
    """Whether number ÷ target would say the contrary of what is meant."""
    return bool(_FEWER.search(target))


def target_rate(target: str, result: str, fiscal_year: int) -> TargetRate | None:
    """The one pair of numbers that can be compared without doubt; None in every other case."""
    if fewer_is_better(target):
        return None
    aims = quantities(target, fiscal_year, of_target=True)
    if len(aims) != 1 or aims[0].about or not aims[0].value:
        return None
    aim = aims[0]
    found = [
        quantity
        for quantity in quantities(result, fiscal_year)
        if quantity.unit == aim.unit
        and quantity.cumulative == aim.cumulative
        and (aim.yearly or not quantity.yearly)
        and _same_thing(aim, quantity)
    ]
    if len({quantity.value for quantity in found}) > 1:
        found = [quantity for quantity in found if quantity.whole]
    if len({quantity.value for quantity in found}) != 1 or any(quantity.about for quantity in found):
        return None
    rate = calculation.achievement_rate(found[0].value, aim.value)
    return None if rate is None else TargetRate(found[0], aim, rate)


def _same_thing(aim: Quantity, quantity: Quantity) -> bool:
    """Whether the words beside the two numbers have one in common; a number that stands alone counts what is asked."""
    return not aim.about_what or not quantity.about_what or not aim.about_what.isdisjoint(quantity.about_what)


def quantities(text: str, fiscal_year: int, *, of_target: bool = False) -> list[Quantity]:
    """The numbers of a text that count something in this fiscal year, in their order."""
    plain = unicodedata.normalize("NFKC", text)
    parts_of_a_whole = [match.span() for match in _IN_PARTS.finditer(plain)]
    found = []
    for match in _NUMBER.finditer(plain):
        before, after = plain[: match.start()], plain[match.end() :]
        sentence = re.split(r"[。\n]", before)[-1]
        near = _without_about(sentence[-24:])
        if (
            any(begin < match.start() < end for begin, end in parts_of_a_whole)
            or _NOT_BEFORE.search(_without_cumulative(near))
            or (not of_target and _AIM_BEFORE.search(near))
            or _NOT_AFTER.match(after)
            or _of_another_year(sentence, fiscal_year)
        ):
            continue
        found.append(_quantity(match, near, sentence, after))
    return found


def _quantity(match: re.Match, near: str, sentence: str, after: str) -> Quantity:
    unit = next(_NAMES[place] for place in range(len(_NAMES)) if match[f"u{place}"])
    value = Decimal(match["n"].replace(",", "") + (match["d"] or "")) * (10_000 if match["man"] else 1)
    cumulative = bool(_CUMULATIVE.search(near))
    number = f"{match['n']}{match['d'] or ''}{match['man'] or ''}"
    words = match.group()[len(number) :].replace("%", "％")
    return Quantity(
        value,
        unit,
        f"{'延べ' if cumulative else ''}{number}{words}",
        cumulative=cumulative,
        yearly=bool(_A_YEAR.search(near)),
        about=bool(_ABOUT.search(sentence) or _ABOUT_AFTER.match(after)),
        whole=bool(_WHOLE.search(near)),
        about_what=_words(sentence + " " + re.split(r"[。\n]", after)[0]),
    )


def _words(sentence: str) -> frozenset[str]:
    words = _WORDS.findall(_NUMBER.sub(" ", sentence))
    return frozenset(word[at : at + 2] for word in words for at in range(len(word) - 1)) - _ANYWHERE


def _without_about(text: str) -> str:
    return _ABOUT.sub("", text)


def _without_cumulative(text: str) -> str:
    return re.sub(r"(?:延べ?|のべ)\s*$", "", text)


def _of_another_year(sentence: str, fiscal_year: int) -> bool:
    """Whether the last year that the sentence names before the number is not the one that is written about."""
    year = None
    for match in _OTHER_YEAR.finditer(sentence):
        if match["since"]:
            continue
        year = match
    if year is None or year["now"]:
        return False
    return bool(year["past"]) or fy.short(fiscal_year) not in _shorts(year)


def _shorts(year: re.Match) -> str:
    era = "R" if year.group()[0] in "令R" else "H"
    return f"{era}{1 if year['y'] == '元' else int(year['y'])}"
