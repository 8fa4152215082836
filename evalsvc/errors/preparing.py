"""What goes wrong about a season's scheme, its roster, and what is uploaded for it."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

ROSTER_EMPTY = Kind(
    "roster_empty",
    409,
    Text(
        "还没有导入%(what)s。请先上传名册。",
        "There are no %(what)s yet. Please upload the roster first.",
    ),
)
ROSTER_IN_USE = Kind(
    "roster_in_use",
    409,
    Text(
        "有轮次已经发码、还没有开箱，名册现在不能改。开箱以后可以再导入。",
        "A round has been issued and not yet counted, so the roster can't be changed now. "
        "It can be imported again once its box is open.",
    ),
)
ROSTER_CHANGED = Kind(
    "roster_changed",
    409,
    Text(
        "名册刚刚有人改过，这次没有保存。请重新打开，看一看再改。",
        "Somebody has just changed the roster, and nothing was saved. Please open it again and "
        "look before you change it.",
    ),
)
ROSTER_REMOVAL = Kind(
    "roster_removal",
    409,
    Text(
        "已经有轮次发过码，名册中的%(listed)s不能再删除。请把这些行放回名册后再导入。",
        "A round has already been issued, so these can't be taken off the roster any more: "
        "%(listed)s. Please put their rows back and import again.",
    ),
)
SCHEME_FROZEN = Kind(
    "scheme_frozen",
    409,
    Text(
        "第一轮已经开始，考评方案已锁定（%(sha256)s），不能更换。",
        "The first round has opened, so the scheme is frozen (%(sha256)s) and can't be replaced.",
    ),
)
TRIAL_TOO_LARGE = Kind(
    "trial_too_large",
    422,
    Text(
        "这个方案太大，不能在页面里试算：第一个类别的评价主体、问题或计分项太多。",
        "This scheme is too large to be tried out in a page: its first category has too many rater "
        "groups, questions or components.",
    ),
)
SCHEME_UNREADABLE = Kind(
    "scheme_unreadable",
    409,
    Text(
        "这个年度的方案文件不合现在的规则，读不出来：%(reason)s。请把这句话转告维护人员。",
        "This season's scheme does not keep today's rules and can't be read: %(reason)s. "
        "Please pass this sentence on to whoever maintains the service.",
    ),
)
UPLOAD_REFUSED = Kind(
    "upload_refused",
    422,
    Text("文件没有导入：%(reason)s。", "The file was not imported: %(reason)s."),
)
