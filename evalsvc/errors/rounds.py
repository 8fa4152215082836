"""What goes wrong about rounds and their box: states, keys, custodians, cards."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

WRONG_STATE = Kind(
    "wrong_state",
    409,
    Text(
        "轮次现在是“%(state)s”，不能做这一步：%(needed)s。",
        "The round is now “%(state)s”, so this can't be done: %(needed)s.",
    ),
)
WRONG_PASSPHRASE = Kind(
    "wrong_passphrase",
    403,
    Text(
        "口令不对，票箱没有打开，什么都没有改变。请再试一次，注意大小写和空格。",
        "The pass-phrase is wrong; the box stays closed and nothing has changed. Please try again, "
        "minding capitals and spaces.",
    ),
)
PASSPHRASE_OF_WRONG = Kind(
    "passphrase_of_wrong",
    403,
    Text(
        "%(who)s的口令不对，票箱没有打开，什么都没有改变。请再试一次，注意大小写和空格。",
        "The pass-phrase of %(who)s is wrong; the box stays closed and nothing has changed. Please "
        "try again, minding capitals and spaces.",
    ),
)
PASSPHRASES_WRONG = Kind(
    "passphrases_wrong",
    403,
    Text(
        "这几位的口令合起来打不开票箱，至少有一位的不对；票箱没有打开，什么都没有改变。"
        "请各自再输一次，注意大小写和空格。",
        "These pass-phrases together don't open the box; one of them at least is wrong. The box "
        "stays closed and nothing has changed. Please type them again, minding capitals and "
        "spaces.",
    ),
)
PASSPHRASE_WEAK = Kind(
    "passphrase_weak",
    422,
    Text(
        "口令至少要%(least)s个字。可以用一句自己记得住的话。",
        "The pass-phrase needs at least %(least)s characters. A sentence you remember will do.",
    ),
)
CUSTODIANS_WRONG = Kind(
    "custodians_wrong",
    422,
    Text("保管人不对：需要%(expected)s。", "The custodians are not right: expected %(expected)s."),
)
SECOND_PERSON = Kind(
    "second_person",
    409,
    Text(
        "这一步要两个人：一人提出，另一人用自己的账号同意。还没有同意，或者已经用过了。",
        "This step takes two people: one proposes it, another agrees from an account of their own. "
        "Nobody has agreed yet, or it has been done already.",
    ),
)
SAME_PERSON = Kind(
    "same_person",
    403,
    Text(
        "提出的人不能自己同意。请另一位同事用自己的账号办理。",
        "Whoever proposed this can't agree to it. Another colleague has to, from an account of "
        "their own.",
    ),
)
HOLDER_UNKNOWN = Kind(
    "holder_unknown",
    404,
    Text(
        "这一轮的名册上没有这个人或这个编码，或者它已经作废。请核对后再试。",
        "This round's roll has no such person or code, or it is void already. Please check "
        "and retry.",
    ),
)
FILE_GONE = Kind(
    "file_gone",
    410,
    Text(
        "文件已经删除或过期，或者不是在这个浏览器里生成的。轮次开始之前可以重新发码，"
        "先前的信随之作废；开始之后请逐个换发。",
        "The file has been deleted, has expired or was made from another browser. Before the "
        "round opens codes can be issued again, which ends the earlier letters; after that, "
        "reissue one by one.",
    ),
)
