"""What a reader of a result must know beside the figures: open choices, void ballots, remarks."""

from dataclasses import dataclass

from evalsvc.reports.words.remarks import ORDINARY, remark_sentence, void_reason
from evalsvc.results.season import ResultContent
from evalsvc.scheme.wording import group_name, node_name, round_name
from evalsvc.text import AND, Text

# Why a ballot was flagged before somebody decided about it: a question, never a verdict.
FLAG_WORDS = {
    "reversed": Text("次序相反", "Order reversed"),
    "misfitting": Text("差别很大", "Differs greatly"),
    "uniform": Text("没有区分", "Tells nothing apart"),
    "doubtful": Text("有值得核对的评分", "Has a rating worth checking"),
}


LOST = Text(
    "有 %(n)s 张票读不出来：它们在票盘上等候入箱时，票盘的密钥丢失了（多半是数据库从备份恢复过）。"
    "这些票不计入任何得分；投票的人截止以前重新投了的，以重新投的为准。",
    "%(n)s ballots can't be read: the key of the tray was lost while they waited there for the box "
    "(most likely the database was restored from a backup). They count in no score; of those who "
    "cast them and voted again before closing, the later ballot counts.",
)


PROVISIONAL = Text(
    "本结果是暂定的，不能作为考评结果使用：%(missing)s。名次只供核对，不定等次。",
    "This result is provisional and is no result of the evaluation: %(missing)s. Places are for "
    "checking alone, and there are no grades.",
)


@dataclass(frozen=True)
class Note:
    """One thing to know and what it is about."""

    subject: Text
    text: Text


def list_notes(content: ResultContent) -> tuple[Note, ...]:
    """All notes to a result: open parameters, ballots that did not count, unusual figures."""
    return (
        *list_open_choices(content),
        *list_rejections(content),
        *list_lost(content),
        *list_excluded(content),
        *list_unusual(content),
    )


def list_open_choices(content: ResultContent) -> tuple[Note, ...]:
    """What the public document leaves open, and what this scheme has decided."""
    return tuple(
        Note(
            Text("方案自定", "Chosen by the scheme"),
            Text("%(about)s：%(value)s（%(source)s）", "%(about)s: %(value)s (%(source)s)").filled(
                about=parameter.about, value=parameter.value, source=parameter.source
            ),
        )
        for parameter in content.scheme.parameters
        if parameter.open
    )


def list_rejections(content: ResultContent) -> tuple[Note, ...]:
    """How many ballots did not count, by round, group and reason."""
    return tuple(
        Note(
            Text("废票", "Void ballots"),
            Text(
                "%(round)s，%(group)s：%(reason)s，%(n)s票",
                "%(round)s, %(group)s: %(reason)s, %(n)s ballots",
            ).filled(
                round=round_name(content.scheme, each.round),
                group=group_name(content.scheme, each.group),
                reason=void_reason(each.reason),
                n=each.n,
            ),
        )
        for each in content.rejections
    )


def list_lost(content: ResultContent) -> tuple[Note, ...]:
    """How many ballots nobody can read, by round, and what became of them."""
    return tuple(
        Note(
            Text("读不出来的票", "Unreadable ballots"),
            Text("%(round)s：", "%(round)s: ").filled(round=round_name(content.scheme, each.round))
            + LOST.filled(n=each.n),
        )
        for each in content.lost
    )


def list_excluded(content: ResultContent) -> tuple[Note, ...]:
    """How many ballots somebody's decision left out, and where the figures without that stand."""
    subject = Text("由人决定排除", "Excluded by decision")
    told = [
        Text(
            "%(round)s，%(group)s：%(flag)s，%(n)s票",
            "%(round)s, %(group)s: %(flag)s, %(n)s ballots",
        ).filled(
            round=round_name(content.scheme, each.round),
            group=group_name(content.scheme, each.group),
            flag=FLAG_WORDS[each.flag],
            n=each.n,
        )
        for each in content.excluded
    ]
    if told and not content.plain:
        told.append(
            Text(
                "涉及不记名的主体且票数很少，不排除任何票的得分只在审计数据包里。",
                "Few ballots of a group without names are concerned, so the scores with no ballot "
                "excluded are in the audit package only.",
            )
        )
    return tuple(Note(subject, text) for text in told)


def list_unusual(content: ResultContent) -> tuple[Note, ...]:
    """Every remark that says something unusual about a figure, with the units it is true of."""
    told: dict[tuple[str, Text], list[str]] = {}
    for unit in content.units:
        for node in unit.tree.walk():
            for remark in node.remarks:
                if remark.code not in ORDINARY:
                    sentence = remark_sentence(remark, content.scheme)
                    named = told.setdefault((node.code, sentence), [])
                    # An entered figure may stand in several parts of one unit.
                    if content.names[unit.unit] not in named[-1:]:
                        named.append(content.names[unit.unit])
    return tuple(
        Note(
            node_name(content.scheme, code),
            Text("%(units)s：%(remark)s", "%(units)s: %(remark)s").filled(
                units=AND.join(units), remark=sentence
            ),
        )
        for (code, sentence), units in told.items()
    )
