"""What is said of returned favours and of areas that favour their own."""

from collections.abc import Iterable, Sequence

from analysis.examining.favours import LEAST_GIVERS, Favour
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import category_name, group_name, show_float
from evalsvc.text import AND, Text

# Up to this probability a relation over all mutual ratings is told as one.
CHANCE = 0.05


def list_favour_sentences(
    favours: Sequence[Favour], mutual: Sequence[str], scheme: Scheme
) -> tuple[Text, ...]:
    """What relations show on the whole, what wasn't tested, why no pair ever is, and what is kept.

    `mutual` are the groups whose raters are units that are evaluated themselves.
    """
    tested = {
        code
        for favour in favours
        if favour.kind == "mutual"
        for code in (favour.forth, favour.back)
    }
    told = {"mutual": _returned, "cluster": _within_cluster}
    said = [told[favour.kind](favour, scheme) for favour in favours]
    untested = [code for code in mutual if code not in tested]
    if untested:
        said.append(
            Text(
                "%(groups)s：有没有互相照顾，没有检验，也没有留下数字：一方参评的单位不到%(n)s个，"
                "或者没有互相评价，或者评分没有差别。",
                "%(groups)s: returned favours were not tested and no number was kept: fewer than "
                "%(n)s units of a side took part, or they do not rate each other, or the ratings "
                "don't differ.",
            ).filled(groups=_groups(untested, scheme), n=LEAST_GIVERS)
        )
    if not said:
        return ()
    said.append(
        Text(
            "不检验、也不指认任何两个单位：一轮评价里，单独一对的分数再特别，也无法与偶然区分。"
            "防止互相照顾，靠评价人多、按比例排序、去掉最高最低和保密。",
            "No two units are tested or named: in one round, however striking the scores of a "
            "single pair, they can't be told from chance. What keeps favours down is many "
            "raters, forced proportions, dropping the highest and lowest, and secrecy.",
        )
    )
    if favours:
        said.append(
            Text(
                "这几个数是开箱时在内存里算出的：只有那时还知道哪张票来自哪个单位。"
                "算完只留下这几个数，都已取整；任何一对单位、一个片区、一张票都没有自己的数字。"
                "单位少时，不强的照顾看不出来，看不出不等于没有。",
                "These few numbers were computed in memory when the box was opened, the only "
                "moment at which it is known which ballot came from which unit. Nothing else of it "
                "is kept, and they are rounded; no pair, no area and no ballot has a number of its "
                "own. With few units only strong favours show: no sign of them doesn't mean that "
                "there are none.",
            )
        )
    return tuple(said)


def _returned(favour: Favour, scheme: Scheme) -> Text:
    groups = _groups(dict.fromkeys((favour.forth, favour.back)), scheme)
    if not _stands_out(favour):
        return Text(
            "%(groups)s：整体上看不出互相照顾（%(n)s对互评，给出的与得到的相关%(effect)s，"
            "z = %(z)s，偶然也会这样的机会至多%(p)s%%）。",
            "%(groups)s: no sign of returned favours on the whole (%(n)s mutual ratings; given "
            "and received correlate by %(effect)s, z = %(z)s; chance alone does that at most "
            "%(p)s%% of the time).",
        ).filled(groups=groups, **_figures(favour))
    return Text(
        "%(groups)s：整体上，给别人评高的，也从对方得到较高的评价（%(n)s对互评，"
        "相关%(effect)s，z = %(z)s，偶然如此的机会至多%(p)s%%）。这可能是真诚的合作，"
        "不是照顾的证明，不改变任何得分。",
        "%(groups)s: on the whole, whoever rates others highly is rated highly in return "
        "(%(n)s mutual ratings; correlation %(effect)s, z = %(z)s, which chance gives at "
        "most %(p)s%% of the time). This may be honest cooperation; it proves no favours "
        "and changes no score.",
    ).filled(groups=groups, **_figures(favour))


def _within_cluster(favour: Favour, scheme: Scheme) -> Text:
    places = {
        "group": _groups((favour.forth,), scheme),
        "category": category_name(scheme, favour.back),
    }
    if not _stands_out(favour):
        return Text(
            "%(group)s → %(category)s："
            "看不出各片区（分管口）给自己人评得更高（%(n)s个片区内的评分，"
            "与其余评分平均相差%(effect)s个标准差，z = %(z)s，偶然也会这样的机会至多%(p)s%%）。",
            "%(group)s → %(category)s: no sign that areas or lines of work rate their own "
            "higher (%(n)s ratings inside them, %(effect)s standard deviations from the others "
            "on average, z = %(z)s; chance alone does that at most %(p)s%% of the time).",
        ).filled(**places, **_figures(favour))
    return Text(
        "%(group)s → %(category)s：各片区（分管口）合起来，"
        "给自己人评得更高（%(n)s个片区内的评分，比其余评分平均高%(effect)s个标准差，"
        "z = %(z)s，偶然如此的机会至多%(p)s%%）。这可能是因为更了解，不是偏向的证明，"
        "也不说明是哪个片区，不改变任何得分。",
        "%(group)s → %(category)s: areas or lines of work, all taken together, rate their "
        "own higher (%(n)s ratings inside them, %(effect)s standard deviations above the "
        "others on average, z = %(z)s, which chance gives at most %(p)s%% of the time). "
        "They may know each other better; it proves no bias, points at no area and changes "
        "no score.",
    ).filled(**places, **_figures(favour))


def _stands_out(favour: Favour) -> bool:
    return favour.p <= CHANCE and favour.effect > 0


def _figures(favour: Favour) -> dict[str, str | int]:
    return {
        "n": favour.cells,
        "effect": show_float(favour.effect),
        "z": show_float(favour.z, 1),
        "p": f"{100 * favour.p:g}",
    }


def _groups(codes: Iterable[str], scheme: Scheme) -> Text:
    names = (group_name(scheme, code) for code in codes)
    return AND.join(names)
