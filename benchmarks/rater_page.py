"""评价人页面：字节、请求、首屏、点按、位移 / the rater's page: bytes, paint, taps, shifts.

手机屏幕390×844，1.6 Mbit/s，150 ms，空缓存，按发布时的压缩。
A phone's screen of 390×844, 1.6 Mbit/s, 150 ms, cold cache, compressed as shipped.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.rated_form import list_answers, open_form, running_server
from tests.browser import FLAGS, find_chromium

NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 96_000,
}
RUNS = 5
MOST_BYTES, MOST_REQUESTS, MOST_SECONDS, MOST_TAPS = 40_000, 5, 1.0, 12 + 10 + 3
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (!one.hadRecentInput) sum += one.value; /* as the metric is defined */
  }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})"""
TIMES = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint.startTime, page.domContentLoadedEventEnd, page.loadEventEnd];
}"""


@dataclass(frozen=True)
class Load:
    """One cold load of the form."""

    size: int
    requests: int
    paint: float
    usable: float
    shift: float


def main() -> None:
    program = find_chromium()
    if program is None:
        sys.exit("没有 Chromium / no Chromium")
    with tempfile.TemporaryDirectory() as folder:
        installation, cards = open_form(Path(folder), RUNS + 1)
        with running_server(installation) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            loads = [_load(browser, address, card.token) for card in cards[:RUNS]]
            taps, shift = _walk(browser, address, cards[RUNS].token)
            browser.close()
        installation.database.close()
    _report(loads, taps, shift)


def _load(browser: Browser, address: str, token: str) -> Load:
    """The form in a browser that has seen nothing of this site but its cookie."""
    context = _phone(browser)
    answer = context.request.post(f"{address}/start", form={"code": token}, max_redirects=0)
    assert answer.status == 303
    page = context.new_page()
    sizes: dict[str, float] = {}
    network = _slow(context, page)
    network.on(
        "Network.loadingFinished",
        lambda one: sizes.update({one["requestId"]: one["encodedDataLength"]}),
    )
    page.goto(f"{address}/answer", wait_until="load")
    page.wait_for_timeout(300)
    paint, usable, _ = page.evaluate(TIMES)
    load = Load(
        int(sum(sizes.values())), len(sizes), paint / 1000, usable / 1000, page.evaluate(SHIFTS)
    )
    context.close()
    return load


def _walk(browser: Browser, address: str, token: str) -> tuple[int, float]:
    """From the link to the receipt, counting every tap."""
    context = _phone(browser)
    page = context.new_page()
    shift = 0.0
    taps = 0

    def tap(selector: str) -> None:
        nonlocal taps
        page.locator(selector).last.tap()
        taps += 1

    page.goto(f"{address}/r#{token}")
    tap(".start .main")
    page.locator("#questions").wait_for()
    for name, value in list_answers().items():
        tap(f"[name='{name}'][value='{value}']")
    shift += page.evaluate(SHIFTS)
    tap(".bar .main")
    page.locator("[name=nonce]").wait_for(state="attached")
    shift += page.evaluate(SHIFTS)
    tap(".acts .main")
    page.locator(".receipt").wait_for()
    shift += page.evaluate(SHIFTS)
    context.close()
    return taps, shift


def _phone(browser: Browser) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
    )


def _slow(context: BrowserContext, page: Page) -> CDPSession:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", NETWORK)
    return session


def _report(loads: list[Load], taps: int, shift: float) -> None:
    rows = [
        ("字节 bytes", max(load.size for load in loads), MOST_BYTES),
        ("请求 requests", max(load.requests for load in loads), MOST_REQUESTS),
        ("首次显示 first paint, s", round(median(load.paint for load in loads), 2), MOST_SECONDS),
        ("可以填写 usable, s", round(median(load.usable for load in loads), 2), MOST_SECONDS),
        ("点按 taps", taps, MOST_TAPS),
        ("位移 layout shift", max(shift, *(load.shift for load in loads)), 0),
    ]
    for name, found, most in rows:
        print(f"{name:28} {found:>10}  ≤ {most}  {'ok' if found <= most else 'MISSED'}")
    sys.exit(any(found > most for _, found, most in rows))


if __name__ == "__main__":
    main()
