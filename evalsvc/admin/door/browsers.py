"""A browser's own long name in two words, by which somebody knows their sessions again."""

# The first that is found: later ones stand in the names of earlier ones, too.
_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("OPR", "Opera"),
    ("QQBrowser", "QQ"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # a table, read by rows  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def name_browser(agent: str) -> str:
    """Such as "Chrome, Windows"; empty where nothing is known."""
    found = (
        next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)
