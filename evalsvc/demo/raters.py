"""Raters in their browsers: each types the code from the letter, answers, checks and submits."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from evalsvc.box.tokens import LENGTH, clean_token
from evalsvc.demo.ballots import fill_ballot
from evalsvc.demo.browser import Browser
from evalsvc.demo.page import Page, Trouble
from evalsvc.demo.story import Story

# Two processes answer; a few more browsers keep both of them busy.
AT_ONCE = 4
REFUSED = 422


@dataclass(frozen=True)
class Letter:
    """A line of the office's list of cards, as whoever hands them out has it."""

    group: str
    addressee: str
    code: str


def cast_all(
    address: str, story: Story, round_code: str, letters: Sequence[Letter], step: Callable[[], None]
) -> list[str]:
    """A ballot for every letter, some at a time; returns the receipts."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        receipts: list[str] = []
        for receipt in pool.map(lambda one: cast(address, story, round_code, one), letters):
            receipts.append(receipt)
            step()
        return receipts


def cast(address: str, story: Story, round_code: str, letter: Letter) -> str:
    """One rater's way from the code to the receipt, and off the device again."""
    browser = Browser(address)
    page = begin(browser, letter)
    answers = _answer(story, round_code, letter, page)
    page = browser.submit(page, page.get_form("/check"), answers).expect("/check")
    page = browser.submit(page, page.get_form("/submit")).expect("/receipt")
    receipt = clean_token(page.marked.get("receipt", ""))
    if receipt is None or len(receipt) != LENGTH:
        raise page.trouble("没有回执编号 no receipt")
    browser.submit(page, page.get_form("/leave")).expect("/")
    return receipt


def begin(browser: Browser, letter: Letter) -> Page:
    """The questionnaire that a letter's code opens."""
    page = browser.open("/r").expect("/r")
    form = page.get_form("/start")
    return browser.submit(page, form, {"code": letter.code}).expect("/answer")


def check_refusals(address: str, story: Story, round_code: str, letter: Letter) -> None:
    """What must not go through: a damaged code, a unit off the paper, broken proportions."""
    browser = Browser(address)
    page = browser.open("/r").expect("/r")
    damaged = letter.code[:-1] + ("A" if letter.code[-1] != "A" else "B")
    answer = browser.submit(page, page.get_form("/start"), {"code": damaged})
    if answer.status != REFUSED:
        raise answer.trouble("输错的编码应被拒绝 a mistyped code must be refused")
    page = begin(browser, letter)
    answers = _answer(story, round_code, letter, page)
    item = story.scheme.get_questionnaire(letter.group).questions[0].code
    form = page.get_form("/check")
    for unit in _list_foreign(story, letter, list_units(page, item)):
        smuggled = [(f"a.{item}.{unit}", next(iter(answers.values())))]
        _expect_refusal(browser.submit(page, form, answers, smuggled), unit)
    for name, broken in _list_broken(story, letter, answers):
        _expect_refusal(browser.submit(page, form, broken), name)


def list_units(page: Page, item: str) -> list[str]:
    """The units on a rater's paper, by the fields of its form."""
    prefix = f"a.{item}."
    names = page.get_form("/check").list_names()
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def _answer(story: Story, round_code: str, letter: Letter, page: Page) -> dict[str, str]:
    item = story.scheme.get_questionnaire(letter.group).questions[0].code
    units = list_units(page, item)
    if not units:
        raise page.trouble("问卷里没有单位 no units on the paper")
    answers = fill_ballot(story, letter.group, units, letter.addressee, round_code)
    return {f"a.{one.item}.{one.unit}": one.value for one in answers}


def _list_foreign(story: Story, letter: Letter, units: Sequence[str]) -> Iterator[str]:
    """The rater's own unit, and another one that is not on the paper."""
    own = [unit.code for unit in story.roster.units if unit.name == letter.addressee]
    if set(own) & set(units):
        raise Trouble(f"{letter.addressee} 的问卷里有本单位 the own unit is on the paper")
    yield from own
    yield from [code for code in story.categories if code not in (*units, *own)][:1]


def _list_broken(
    story: Story, letter: Letter, answers: dict[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The same answers with one missing, and with everybody in the best band."""
    missing = dict(answers)
    missing.pop(next(iter(missing)))
    yield "missing", missing
    question = story.scheme.get_questionnaire(letter.group).questions[0]
    if question.find_quota(len(answers)):
        yield "proportions", dict.fromkeys(answers, question.list_options()[0].code)


def _expect_refusal(page: Page, what: str) -> None:
    if page.status != REFUSED or page.path != "/check":
        raise page.trouble(f"应被拒绝 this must be refused: {what}")
