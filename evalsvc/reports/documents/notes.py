"""What a reader of a result must know beside the figures: open choices, void ballots, remarks."""

from dataclasses import dataclass

from evalsvc.language import translate
from evalsvc.reports.words.remarks import ORDINARY, remark_sentence, void_reason
from evalsvc.reports.words.wording import node_name
from evalsvc.results.season import ResultContent
from evalsvc.text import Text

# Why a ballot was flagged before somebody decided about it: a question, never a verdict.
FLAG_WORDS = {
    "reversed": "次序相反",
    "misfitting": "差别很大",
    "uniform": "没有区分",
    "doubtful": "有值得核对的评分",
}


@dataclass(frozen=True)
class Note:
    """One thing to know and what it is about."""

    subject: str
    text: str


def list_notes(content: ResultContent, language: str = "zh") -> tuple[Note, ...]:
    """All notes to a result: open parameters, ballots that did not count, unusual figures."""
    return (
        *list_open_choices(content, language),
        *list_rejections(content, language),
        *list_excluded(content, language),
        *list_unusual(content, language),
    )


def list_open_choices(content: ResultContent, language: str = "zh") -> tuple[Note, ...]:
    """What the public document leaves open, and what this scheme has decided."""
    return tuple(
        Note(
            translate("方案自定", language),
            translate(
                "%(about)s：%(value)s（%(source)s）",
                language,
                about=parameter.about.in_language(language),
                value=parameter.value,
                source=parameter.source,
            ),
        )
        for parameter in content.scheme.parameters
        if parameter.open
    )


def list_rejections(content: ResultContent, language: str = "zh") -> tuple[Note, ...]:
    """How many ballots did not count, by round, group and reason."""
    return tuple(
        Note(
            translate("废票", language),
            translate(
                "%(round)s，%(group)s：%(reason)s，%(n)s票",
                language,
                round=round_name(content, each.round, language),
                group=group_name(content, each.group, language),
                reason=void_reason(each.reason, language),
                n=each.n,
            ),
        )
        for each in content.rejections
    )


def list_excluded(content: ResultContent, language: str = "zh") -> tuple[Note, ...]:
    """How many ballots somebody's decision left out, and where the figures without that stand."""
    subject = translate("由人决定排除", language)
    told = [
        translate(
            "%(round)s，%(group)s：%(flag)s，%(n)s票",
            language,
            round=round_name(content, each.round, language),
            group=group_name(content, each.group, language),
            flag=translate(FLAG_WORDS[each.flag], language),
            n=each.n,
        )
        for each in content.excluded
    ]
    if told and not content.plain:
        told.append(
            translate("涉及不记名的主体且票数很少，不排除任何票的得分只在审计数据包里。", language)
        )
    return tuple(Note(subject, text) for text in told)


def list_unusual(content: ResultContent, language: str = "zh") -> tuple[Note, ...]:
    """Every remark that says something unusual about a figure, with the units it is true of."""
    told: dict[tuple[str, str], list[str]] = {}
    for unit in content.units:
        for node in unit.tree.walk():
            for remark in node.remarks:
                if remark.code not in ORDINARY:
                    sentence = remark_sentence(remark, content.scheme, language)
                    told.setdefault((node.code, sentence), []).append(content.names[unit.unit])
    comma = translate("、", language)
    return tuple(
        Note(
            node_name(content.scheme, code, language),
            translate("%(units)s：%(remark)s", language, units=comma.join(units), remark=sentence),
        )
        for (code, sentence), units in told.items()
    )


def round_name(content: ResultContent, code: str, language: str) -> str:
    """What people call a round; its code where the scheme does not know it."""
    found = next((r.name for r in content.scheme.rounds if r.code == code), Text(code, code))
    return found.in_language(language)


def group_name(content: ResultContent, code: str, language: str) -> str:
    """What people call a rater group; its code where the scheme does not know it."""
    found = next((g.name for g in content.scheme.groups if g.code == code), Text(code, code))
    return found.in_language(language)
