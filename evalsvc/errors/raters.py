"""What a rater is told: about a code, a visit, a ballot."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

TOKEN_MISTYPED = Kind(
    "token_mistyped",
    422,
    Text(
        "这个编码里有输错的地方。请对照信上的编码重新输入：共16位，没有字母I、L、O和数字0、1。",
        "There is a slip in this code. Please type it again from the letter: 16 symbols, "
        "never the letters I, L, O or the digits 0 and 1.",
    ),
)
TOKEN_UNKNOWN = Kind(
    "token_unknown",
    404,
    Text(
        "没有正在进行的评价使用这个编码。请核对是否是本次的信件；如轮次已经结束，编码随之失效。"
        "有疑问请拨打信上的电话。",
        "No evaluation that is open now uses this code. Please check that the letter is this "
        "round's; codes end with their round. If in doubt, call the number on the letter.",
    ),
)
LETTER_UNKNOWN = Kind(
    "letter_unknown",
    404,
    Text(
        "没有结果用这个编码查看。请核对是否是最近一次收到的告知书：重新印发以后，先前的编码作废；"
        "结果归档以后，编码随之失效。有疑问请拨打告知书上的电话。",
        "No result is read with this code. Please check that it is on the newest letter: a later "
        "letter makes an earlier code void, and codes end when the result is archived. If in "
        "doubt, call the number on the letter.",
    ),
)
TOKEN_VOID = Kind(
    "token_void",
    410,
    Text(
        "这个编码已经作废，换发过新的编码。请使用新的信件；没有收到请拨打信上的电话。",
        "This code has been replaced by a new one. Please use the new letter; "
        "if it has not arrived, call the number on the letter.",
    ),
)
ROUND_CLOSED = Kind(
    "round_closed",
    410,
    Text(
        "本轮评价已经截止，不再接收答卷。之前提交的答卷有效，不需要再做什么。",
        "This round has ended and takes no more answers. What was submitted before counts; "
        "there is nothing more to do.",
    ),
)
ROUND_NOT_OPEN = Kind(
    "round_not_open",
    409,
    Text(
        "本轮评价还没有开始。编码有效，请在信上写明的时间之后再来。",
        "This round has not begun yet. The code is good; please come back at the time on the "
        "letter.",
    ),
)
VISIT_OVER = Kind(
    "visit_over",
    401,
    Text(
        "停留时间太长，或者浏览器没有保存本站的信息。请重新扫码或输入编码，已经提交的答卷不受影响。",
        "The visit has lasted too long, or the browser keeps nothing for this site. Please scan or "
        "type the code again; submitted answers are safe.",
    ),
)
BALLOT_REFUSED = Kind(
    "ballot_refused",
    422,
    Text(
        "答卷没有提交：%(reason)s。填好的内容都还在，请改好后再提交。",
        "The answers were not submitted: %(reason)s. Everything filled in is still there; "
        "please mend it and submit again.",
    ),
)
TOO_MANY_REVISIONS = Kind(
    "too_many_revisions",
    409,
    Text(
        "这个编码已经提交了%(most)s次，不能再改。最后一次提交的答卷有效。",
        "This code has been used %(most)s times and can't be changed again. The last answers "
        "count.",
    ),
)
DRAFT_OVERTAKEN = Kind(
    "draft_overtaken",
    409,
    Text(
        "这个编码刚才已经提交过答卷，这里填的内容没有另外保存。再提交一次，就以新的为准。",
        "Answers have just been submitted with this code, so what is filled in here is not kept "
        "besides. If you submit again, the new answers count.",
    ),
)
DRAFT_TOO_LONG = Kind(
    "draft_too_long",
    413,
    Text(
        "内容太长，没有自动保存。请把文字缩短一些。",
        "The answers are too long to be kept. Please shorten the text.",
    ),
)
