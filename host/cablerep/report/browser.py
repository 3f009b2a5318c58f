"""Runs an installed Chromium, Chrome or Edge headless to turn a page into a PDF or a picture.

A program rather than a library: most machines have such a browser, and it prints the page as its reader would see it.
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
# Where macOS and Windows install them, outside PATH.
_PATHS = (
    *(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Chromium", "Microsoft Edge")),
    *(rf"{folder}\Google\Chrome\Application\chrome.exe" for folder in (r"C:\Program Files", r"C:\Program Files (x86)")),
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_TIMEOUT_S = 60  # a cold start on a slow machine takes 10 s
PICTURE_WIDTH = 1080  # CSS pixels: the sheet at its widest
_SCALE = 1.5  # device pixels per CSS pixel: sharp on a screen, half the file size of 2
# A screenshot is as tall as its window, so the page measures itself first.
_MEASURE = "<script>document.title = Math.ceil(document.documentElement.getBoundingClientRect().height)</script>"


def find(given: str | None = None) -> str:
    """Return the path of the browser: `given`, a name or a path, or the first that is installed. Raises OutputError."""
    if given is not None:
        found = shutil.which(given)
        if found is None:
            raise OutputError(f"{given}: there is no such program; give --browser the path of Chromium, Chrome or Edge")
        return found
    for name in (*_NAMES, *_PATHS):
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
        target = folder / "page.pdf"
        _run(browser, folder, ("--no-pdf-header-footer", f"--print-to-pdf={target}"))
        return _read(target, browser)


def png(page: str, browser: str) -> bytes:
    """Return a picture of the whole page in its light theme. Raises OutputError."""
    with _Folder(page.replace("</body>", f"{_MEASURE}</body>")) as folder:
        size = f"--window-size={PICTURE_WIDTH},{{}}"
        title = re.search(rb"<title>(\d+)</title>", _run(browser, folder, (size.format(1000), "--dump-dom")))
        if title is None:
            raise OutputError(f"{browser}: cannot show the page; name another browser with --browser")
        target = folder / "page.png"
        scale = f"--force-device-scale-factor={_SCALE}"
        _run(browser, folder, (size.format(int(title[1])), scale, f"--screenshot={target}"))
        return _read(target, browser)


class _Folder:
    """A temporary folder for the page and the browser's own files, deleted at the end of the `with` block."""

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
    """Run the browser on the page in `folder` and return its standard output. Raises OutputError."""
    command = [
        browser,
        *("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--hide-scrollbars"),
        *("--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"),  # keep health data offline
        f"--user-data-dir={folder / 'profile'}",  # with the user's own, a running browser would take over
        # As root, Chromium refuses to run sandboxed. The page is our own and has no script.
        *(("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()),
        *options,
        (folder / "page.html").as_uri(),
    ]
    try:
        status, out, err = _finish(command)
    except OSError as error:
        raise OutputError(f"{browser}: cannot be run ({error.strerror}); name another browser with --browser") from None
    except subprocess.TimeoutExpired:
        raise OutputError(f"{browser}: no response in {_TIMEOUT_S} s; name another browser with --browser") from None
    if status:
        lines = err.decode(errors="replace").strip().splitlines() or ["no error message"]
        raise OutputError(f"{browser}: failed with {status} ({lines[-1][:200]}); name another browser with --browser")
    return out


def _finish(command: list[str]) -> tuple[int, bytes, bytes]:
    """Run a command and return its status, standard output and standard error; on timeout kill its process group."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=os.name == "posix",  # a process group of its own
    ) as process:
        try:
            out, err = process.communicate(timeout=_TIMEOUT_S)
        except BaseException:  # timeout or Ctrl-C; a browser starts processes of its own
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            raise
        return process.returncode, out, err


def _read(path: Path, browser: str) -> bytes:
    if not path.exists():
        raise OutputError(
            f"{browser}: wrote no file; a snap browser may not write to {path.parent}; name another with --browser"
        )
    return path.read_bytes()
