"""Rules that hold over several units of a category: proportions, orders, sums, number bands."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.score.quotas import band_quota
from analysis.score.rules import NumberLimit
from analysis.score.validity import limit_count, limit_places
from evalsvc.scheme.asking import AnyQuestion, RankingQuestion, SumQuestion
from evalsvc.scheme.model import Category, ForcedRatioQuestion, NumberQuestion
from evalsvc.text import Text


def list_spread_faults(
    question: AnyQuestion, category: Category, values: Sequence[str]
) -> Iterator[Text]:
    """What is wrong with one category's answers together; nothing while some are missing."""
    if not values or "" in values:
        return
    match question:
        case ForcedRatioQuestion():
            yield from _proportions(question, category, values)
        case NumberQuestion():
            yield from _number_bands(question, category, values)
        case RankingQuestion():
            yield from _order(category, values)
        case SumQuestion():
            yield from _sum(question, category, values)


def list_band_orders(
    question: ForcedRatioQuestion, bands: Mapping[str, str], places: Mapping[str, str]
) -> Iterator[tuple[str, Text]]:
    """Bands whose units are not numbered 1, 2, 3 …, by code; both mappings go by unit."""
    for band in question.bands:
        given = sorted(places.get(unit, "") for unit, code in bands.items() if code == band.code)
        wanted = sorted(str(place) for place in range(1, len(given) + 1))
        if given != wanted:
            yield (
                band.code,
                Text(
                    f"“{band.name.zh}”里的{len(given)}个单位没有排好先后",
                    f"the {len(given)} units in “{band.name.en}” are not all put in order",
                ),
            )


def _proportions(
    question: ForcedRatioQuestion, category: Category, values: Sequence[str]
) -> Iterator[Text]:
    """The proportions inside a category, once it has enough units for them to bind."""
    if len(values) < question.enforce_from:
        return
    quota = band_quota(len(values), [band.share for band in question.bands])
    counts = Counter(values)
    checked = list(zip(question.bands, quota, strict=True))
    wrong = [
        (band, counts[band.code], due)
        for band, due in (checked if question.exact else checked[:-1])
        if counts[band.code] > due or (question.exact and counts[band.code] != due)
    ]
    if wrong:
        bound = Text("应为", "must be") if question.exact else Text("最多", "at most")
        zh = "、".join(f"{band.name.zh}{bound.zh}{due}个，现为{n}个" for band, n, due in wrong)
        en = ", ".join(f"{band.name.en} {bound.en} {due}, is {n}" for band, n, due in wrong)
        yield Text(f"{category.name.zh}：{zh}", f"{category.name.en}: {en}")


def _number_bands(
    question: NumberQuestion, category: Category, values: Sequence[str]
) -> Iterator[Text]:
    numbers = [Fraction(value) for value in values]
    for limit in question.counts:
        least, most = limit_places(limit, len(numbers))
        n = limit_count(limit, numbers)
        if not least <= n <= most:
            due = _say_due(least, most, len(numbers))
            range_ = say_range(limit)
            yield Text(
                f"{category.name.zh}：{range_.zh}的单位{due.zh}，现为{n}个",
                f"{category.name.en}: {due.en} with {range_.en}, is {n}",
            )


def say_range(limit: NumberLimit) -> Text:
    """The range of a number band: 90 and more, below 60, 60 to below 90."""
    if limit.below is None:
        return Text(f"{limit.lowest}分及以上", f"{limit.lowest} and more")
    if limit.lowest is None:
        return Text(f"低于{limit.below}分", f"below {limit.below}")
    return Text(f"{limit.lowest}分到不满{limit.below}分", f"{limit.lowest} to below {limit.below}")


def say_limit(limit: NumberLimit) -> Text:
    """The whole rule, before anybody has broken it."""
    range_ = say_range(limit)
    bounds = []
    if limit.least is not None:
        bounds.append(Text(f"至少{limit.least}个", f"at least {limit.least}"))
    if limit.most is not None:
        bounds.append(Text(f"最多{limit.most}个", f"at most {limit.most}"))
    if limit.most_share is not None:
        share = limit.most_share * 100
        bounds.append(Text(f"最多占{share}%", f"at most {share}%"))
    zh, en = "、".join(one.zh for one in bounds), " and ".join(one.en for one in bounds)
    return Text(f"每类单位里，{range_.zh}的{zh}。", f"In each category, {en} with {range_.en}.")


def _say_due(least: int, most: int, units: int) -> Text:
    if least and most < units:
        return Text(f"应为{least}到{most}个", f"{least} to {most} units must be")
    if least:
        return Text(f"至少{least}个", f"at least {least} units must be")
    return Text(f"最多{most}个", f"at most {most} units may be")


def _order(category: Category, values: Sequence[str]) -> Iterator[Text]:
    doubled = sorted({int(value) for value in values if values.count(value) > 1})
    if doubled:
        places = "、".join(str(place) for place in doubled)
        yield Text(
            f"{category.name.zh}：名次{places}用了不止一次",
            f"{category.name.en}: place {places.replace('、', ', ')} is given more than once",
        )


def _sum(question: SumQuestion, category: Category, values: Sequence[str]) -> Iterator[Text]:
    total = sum(int(value) for value in values)
    if total != question.total:
        yield Text(
            f"{category.name.zh}：合计应为{question.total}，现为{total}",
            f"{category.name.en}: the sum must be {question.total}, is {total}",
        )
