"""An installed Chromium, Chrome or Edge without a window, which turns a page into a PDF or a picture.

A program and not a library: browsers of that family are on most machines, and print a page as its reader would see it.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..errors import OutputError

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser"),
)
# Where macOS and Windows put them, off the path.
_PLACES = (
    *(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Chromium", "Microsoft Edge")),
    *(rf"{folder}\Google\Chrome\Application\chrome.exe" for folder in (r"C:\Program Files", r"C:\Program Files (x86)")),
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_TIMEOUT_S = 60  # a cold start on a slow machine takes ten
PICTURE_WIDTH = 1080  # CSS pixels: the sheet at its widest
_SCALE = 1.5  # pixels of the picture for one of CSS: sharp on a screen, and half the size of two
# Asked of the page itself, because a picture is as tall as its window.
_MEASURE = "<script>document.title = Math.ceil(document.documentElement.getBoundingClientRect().height)</script>"


def find(given: str | None = None) -> str:
    """Return the path of the browser: `given`, a name or a path, or the first that is installed. Raises OutputError."""
    if given is not None:
        found = shutil.which(given)
        if found is None:
            raise OutputError(f"{given}: there is no such program; give --browser the path of Chromium, Chrome or Edge")
        return found
    for name in (*_NAMES, *_PLACES):
        found = shutil.which(name)
        if found is not None:
            return found
    raise OutputError(
        "no browser found for PDF and PNG: install Chromium, Chrome or Edge, name one with --browser PATH, or open the "
        "HTML report in any browser and print it there"
    )


def pdf(page: str, browser: str) -> bytes:
    """Return `page` printed on the paper that its style names. Raises OutputError."""
    with _Folder(page) as folder:
        made = folder / "page.pdf"
        _run(browser, folder, ("--no-pdf-header-footer", f"--print-to-pdf={made}"))
        return _made(made, browser)


def png(page: str, browser: str) -> bytes:
    """Return a picture of the whole of `page`, light. Raises OutputError."""
    with _Folder(page.replace("</body>", f"{_MEASURE}</body>")) as folder:
        size = f"--window-size={PICTURE_WIDTH},{{}}"
        answered = re.search(rb"<title>(\d+)</title>", _run(browser, folder, (size.format(1000), "--dump-dom")))
        if answered is None:
            raise OutputError(f"{browser}: cannot show the page; name another browser with --browser")
        made = folder / "page.png"
        scale = f"--force-device-scale-factor={_SCALE}"
        _run(browser, folder, (size.format(int(answered[1])), scale, f"--screenshot={made}"))
        return _made(made, browser)


class _Folder:
    """A folder for the page and for the browser's own files, gone with all of them at the end of the block."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._folder = tempfile.TemporaryDirectory(prefix="cablerep-report-", ignore_cleanup_errors=True)

    def __enter__(self) -> Path:
        folder = Path(self._folder.name)
        (folder / "page.html").write_text(self._page, encoding="utf-8")
        return folder

    def __exit__(self, *exception: object) -> None:
        self._folder.cleanup()


def _run(browser: str, folder: Path, options: Iterable[str]) -> bytes:
    """Run the browser on the page in `folder` and return what it printed."""
    command = [
        browser,
        *("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--hide-scrollbars"),
        *("--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"),  # a report is nobody's business
        f"--user-data-dir={folder / 'profile'}",  # with the user's own, it would hand the page to a running browser
        # Chromium refuses to run as root with its sandbox; the page is our own and has no script.
        *(("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()),
        *options,
        (folder / "page.html").as_uri(),
    ]
    try:
        status, out, err = _finish(command)
    except OSError as error:
        raise OutputError(f"{browser}: cannot be run ({error.strerror}); name another browser with --browser") from None
    except subprocess.TimeoutExpired:
        raise OutputError(f"{browser}: no answer in {_TIMEOUT_S} s; name another browser with --browser") from None
    if status:
        said = err.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise OutputError(f"{browser}: failed with {status} ({said[-1][:200]}); name another browser with --browser")
    return out


def _finish(command: list[str]) -> tuple[int, bytes, bytes]:
    """Run a command to its end, or end it with all the processes that it started; return status and what it printed."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=os.name == "posix",  # a process group of its own
    ) as process:
        try:
            out, err = process.communicate(timeout=_TIMEOUT_S)
        except BaseException:  # a timeout or a Ctrl-C: a browser is a family of processes, and only its head is known
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            raise
        return process.returncode, out, err


def _made(path: Path, browser: str) -> bytes:
    if not path.exists():
        raise OutputError(
            f"{browser}: made no file; one from a snap may not write to {path.parent}: name another with --browser"
        )
    return path.read_bytes()
