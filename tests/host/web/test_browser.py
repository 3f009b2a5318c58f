"""The page in a real browser: a headless Chromium that is installed, started once for all tests here.

What it cannot show of phones: wake lock, vibration, voices, and the trust of a local certificate authority.
"""

import http.server
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from page_server import PageServer, held, plan, running, wait_until
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from cablerep.exercise.library import FOLDER_VARIABLE, load

ROOT = Path(__file__).parents[3]
AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
HOSTILE = "<img src=x onerror=hacked=1>\"'{{7*7}}${7*7}</script><script>hacked=1</script>"
SIZES = ((320, 568), (390, 844), (844, 390), (768, 1024), (1280, 800), (1920, 1080))
PROFILE = """
number = 150
name = '''{name}'''
sides = "each"
tempo = "3-0-1-1"
cues = ['''{name}''']
"""


@pytest.fixture(scope="module")
def browser(missing: Callable[[str, str], None]) -> Iterator[Browser]:
    program = os.environ.get("CABLEREP_BROWSER") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("browser", "there is no Chromium on the path")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Return a server with three boards: one plays a set fast, one in real time, one has a hostile profile."""
    folder = tmp_path_factory.mktemp("page")
    own_profiles = pytest.MonkeyPatch()
    file = folder / "hostile.toml"
    file.write_text(PROFILE.format(name=HOSTILE), encoding="utf-8")
    own_profiles.setenv(FOLDER_VARIABLE, str(folder))
    kickback = load("glute-medius-kickback")
    plans = (
        plan(16, profile=kickback),
        plan(2, "sim://glute-kickback?reps=60&hold_s=2&speed={speed:g}", profile=kickback, sides=("left",)),
        plan(16, profile=load(str(file))),
    )
    with running(folder, *plans) as started:
        yield started
    own_profiles.undo()


@pytest.fixture
def opened(browser: Browser, server: PageServer) -> Iterator[Callable[..., Page]]:
    """Return a function that opens the page on a new device; at the end no page may have complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        role: str = "control", board: int = 0, at: PageServer = server, link: bool = False, locale: str = "en-GB"
    ) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None
        )
        if link:
            page.goto(f"{at.origin}/#code={at.devices.new_code(role, local=True)}")
        else:
            name, _, value = at.cookie(role).partition("=")
            context.add_cookies([{"name": name, "value": value, "url": at.origin}])
            page.goto(f"{at.origin}/#/live/{board}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


def shown_count(page: Page) -> str:
    return page.locator(".count").text_content().strip()  # type: ignore[union-attr]


def test_a_set_from_start_to_end(opened: Callable[..., Page], server: PageServer) -> None:
    page = opened(link=True)
    expect(page.locator(".counted p")).to_contain_text("last set 1", timeout=20_000)
    assert shown_count(page) == "3"
    expect(page.locator("main h1")).to_contain_text("rest")
    expect(page.locator("table.reps tbody tr")).to_have_count(3)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="History").click()
    three = page.get_by_role("row").filter(has=page.get_by_role("cell", name="3", exact=True))  # as board 0 has
    three.filter(has_text="Glute medius kickback").last.get_by_role("link").click()
    expect(page.locator("canvas")).to_have_count(2)
    page.get_by_role("link", name="report").wait_for()
    page.get_by_role("link", name="Live").click()
    page.get_by_label("Board").select_option(value="1")
    expect(page).to_have_url(f"{server.origin}/#/live/1")
    page.goto(f"{server.origin}/#/progress")
    page.get_by_role("heading", name="Progress").wait_for()
    page.locator("canvas").first.wait_for()
    page.goto(f"{server.origin}/#/devices")
    page.get_by_role("button", name="Invite to watch").click()
    expect(page.locator("svg.qr")).to_be_visible()


def test_a_page_outlives_its_server(opened: Callable[..., Page], tmp_path: Path) -> None:
    with running(tmp_path, plan(4)) as first:
        page = opened(at=first)
        page.evaluate("window.stayed = true")
        expect(page.locator(".count")).to_contain_text("2")
    expect(page.locator("header .link")).to_contain_text("no connection")
    assert shown_count(page) in ("2", "3"), "the last state stays"
    with running(tmp_path, plan(4), port=first.port):
        expect(page.locator("header .link")).to_contain_text("connected")
    assert page.evaluate("window.stayed"), "without a reload"


def test_watch_sees_the_same_cannot_control_and_is_out_when_revoked(
    opened: Callable[..., Page], server: PageServer
) -> None:
    control, watch = opened("control", 1), opened("watch", 1)
    expect(watch.locator("main")).to_contain_text("This device may watch only.")
    expect(watch.get_by_role("button", name="End set")).to_have_count(0)
    with held():
        control.get_by_role("button", name="Side").click()
        for page in (control, watch):
            expect(page.locator(".verdict")).to_contain_text("next set:")
    refused = watch.evaluate(
        "fetch('/do', {method: 'POST', headers: {'content-type': 'application/json'},"
        " body: JSON.stringify({action: 'side', board: 1})}).then((response) => response.status)"
    )
    assert refused == 403
    (watching,) = (one for one in server.devices.all() if one.role == "watch")
    assert server.devices.revoke(watching.id)
    expect(watch.locator("main")).to_contain_text("not let in", timeout=3000)
    expect(control.locator("header .link")).to_contain_text("connected")


def test_a_page_on_another_origin_gets_nothing(opened: Callable[..., Page], server: PageServer, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>elsewhere</title>", encoding="utf-8")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        page = opened()
        expect(page.locator("header .link")).to_contain_text("connected")
        page = page.context.new_page()  # with the same cookie
        page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
        got = page.evaluate(
            """async (origin) => {
                const tried = async (what) => { try { return await what(); } catch { return "refused"; } };
                const json = {"content-type": "application/json"};
                return [
                    await tried(async () => (await fetch(origin + "/history", {credentials: "include"})).status),
                    await tried(async () => (await fetch(origin + "/do", {method: "POST", credentials: "include",
                        headers: json, body: '{"action": "side", "board": 0}'})).status),
                    await tried(async () => (await fetch(origin + "/history", {mode: "no-cors"})).type),
                    await tried(() => new Promise((done) => {
                        const socket = new WebSocket(origin.replace("http", "ws") + "/live?board=0");
                        socket.onmessage = () => done("a frame");
                        socket.onclose = () => done("refused");
                    })),
                    await tried(() => new Promise((done) => {
                        const frame = document.createElement("iframe");
                        frame.src = origin + "/";
                        frame.onload = () => done(frame.contentDocument ? "empty" : "refused");
                        document.body.append(frame);
                    })),
                ];
            }""",
            server.origin,
        )
        elsewhere.shutdown()
    assert got == ["refused"] * 5


def test_keyboard_alone_is_enough_and_a_screen_reader_hears_reps(opened: Callable[..., Page]) -> None:
    page = opened("control", 1)
    expect(page.locator("#spoken")).to_contain_text(re.compile(r"Rep \d+"), timeout=20_000)
    names = []
    page.locator("body").press("Tab")
    for _ in range(12):
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
        page.keyboard.press("Tab")
    assert {"Side", "Exercise", "End set", "Note", "Tare", "More"} <= set(names)
    with held():
        page.keyboard.press("p")
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("n")
        page.get_by_role("textbox").press_sequentially("left knee")
        page.keyboard.press("Enter")
        expect(page.locator(".verdict")).to_contain_text("note stored")
        page.keyboard.press("x")
        page.get_by_role("button", name="RPE").press("Enter")
        page.get_by_role("textbox").press_sequentially("8")
        page.keyboard.press("Enter")
        expect(page.locator(".verdict")).to_contain_text("RPE: 8")
        page.keyboard.press("s")
        expect(page.locator(".verdict")).to_contain_text("next set:")
        page.keyboard.press("e")
        expect(page.locator(".verdict")).to_contain_text(re.compile("set ended|end of set"))


def test_a_list_that_comes_late_does_not_take_the_place_of_a_dialog(opened: Callable[..., Page]) -> None:
    page = opened("control", 1)
    late: list[Route] = []
    page.route("**/exercises", lambda route: late.append(route))
    with held():
        page.get_by_role("button", name="Exercise").wait_for()
        page.locator("body").press("p")
        wait_until(lambda: page.evaluate("true") and bool(late))
        page.keyboard.press("n")
        page.get_by_role("textbox").press_sequentially("left")
        with page.expect_request_finished():
            late[0].continue_()
        page.keyboard.type(" knee")  # a space on a button of the list would choose an exercise
        expect(page.get_by_role("textbox")).to_have_value("left knee")


def test_hostile_texts_stay_texts(opened: Callable[..., Page], server: PageServer) -> None:
    page = opened("control", 2)
    expect(page.locator("header strong")).to_have_text(HOSTILE)
    page.locator("body").press("n")
    page.get_by_role("textbox").fill(HOSTILE)
    page.keyboard.press("Enter")
    code = server.devices.new_code("watch")
    assert server.devices.redeem(code, HOSTILE[:40], "<b>", is_local=True)
    page.goto(f"{server.origin}/#/devices")
    expect(page.get_by_role("table")).to_contain_text(HOSTILE[:40])
    page.goto(f"{server.origin}/#/history")
    expect(page.get_by_role("table")).to_contain_text(HOSTILE)
    page.get_by_role("row").filter(has_text=HOSTILE).first.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text(HOSTILE)
    expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
    for name in (HOSTILE, "%3Cscript%3E", "../me"):
        page.goto(f"{server.origin}/#/set/{name}")
        page.get_by_role("alert").wait_for()
    assert page.evaluate("window.hacked") is None


def test_every_size_in_dark_and_light_fits_and_is_accessible(
    opened: Callable[..., Page], missing: Callable[[str, str], None]
) -> None:
    if not AXE.exists():
        missing("browser", "axe-core is not installed; run npm ci --prefix tests/browser")
    script = AXE.read_text(encoding="utf-8")
    page = opened("control", 1)
    page.locator("table.reps").first.wait_for()
    findings = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            box = page.locator(".count").bounding_box()
            assert box is not None
            assert box["height"] > 0.4 * height, (width, height)
            assert box["width"] <= width
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, height)
        for colour in ("foreground", "lift", "hold", "lower", "success", "warning", "error", "slack"):
            ratios = page.evaluate(CONTRAST, colour)
            assert ratios["ink"] >= 7, (theme, colour, ratios)
            assert min(ratios["key-ink"], 1.5 * ratios["faint"], 1.5 * ratios["strong"]) >= 4.5, (theme, colour, ratios)
        findings += checked(page, script)
    german = opened("control", 1, locale="de-DE")
    german.locator("table.reps").first.wait_for()
    for width, height in SIZES:
        german.set_viewport_size({"width": width, "height": height})
        assert german.evaluate("document.documentElement.scrollWidth") <= width, (width, height)
    page.keyboard.press("h")
    page.get_by_role("dialog").wait_for()
    findings += checked(page, script)
    page.get_by_role("link", name="History").click()
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.locator("table.reps").wait_for()
    findings += checked(page, script)
    assert not findings


# The contrast of each colour that text and lines have, with what is behind it (WCAG 2.2, relative luminance).
CONTRAST = """(colour) => {
    document.documentElement.dataset.colour = colour;
    const style = getComputedStyle(document.documentElement);
    const luminance = (name) => {
        const hex = style.getPropertyValue(`--${name}`).trim();
        const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
            .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
    };
    return {ink: ratio("ink", "paper"), "key-ink": ratio("key-ink", "key"), faint: ratio("faint", "paper"),
        strong: ratio("strong", "paper")};
}"""


def checked(page: Page, script: str) -> list[str]:
    """Return what axe finds on the page. It runs in a world of its own, which the page's policy does not bind."""
    found = page.context.new_cdp_session(page)
    frame = found.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = found.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
    found.send("Runtime.evaluate", {"expression": script, "contextId": world})
    result = found.send(
        "Runtime.evaluate",
        {
            "expression": "axe.run(document).then((one) => one.violations.map("
            "(each) => each.id + ': ' + each.nodes.map((node) => node.html + node.failureSummary).join(' | ')))",
            "contextId": world,
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    found.detach()
    assert "exceptionDetails" not in result, result
    return list(result["result"]["value"])
