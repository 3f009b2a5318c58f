"""Finds and installs the emulator's harness and its Node packages.

The packages belong next to the harness's sources. If that folder is read-only, both go to the user's cache.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from cablerep_fw import __version__

from ..errors import PicoError

SOURCES = Path(__file__).parent / "harness"
OLDEST_NODE = 18  # required by the package rp2040js

_NEEDED = Path("node_modules", "rp2040js", "package.json")
_INSTALL_S = 300.0
_NODE_CURE = f"install Node.js {OLDEST_NODE} or newer (Debian: apt install nodejs npm, others: https://nodejs.org)"


def node() -> str:
    """Return the path of a recent enough Node. Raises PicoError, which says how to get one."""
    path = shutil.which("node")
    if path is None:
        raise PicoError(f"the emulator runs on Node.js, which is not installed; {_NODE_CURE}")
    try:
        output = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PicoError(f"{path} does not run ({error}); {_NODE_CURE}") from None
    version = re.match(r"v(\d+)\.", output)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise PicoError(f"{path} is Node.js {output.strip() or '?'}, too old for the emulator; {_NODE_CURE}")
    return path


def harness() -> Path:
    """Return the folder of a harness with its packages. Raises PicoError with the command that installs them."""
    for folder in (SOURCES, _cached()):
        if (folder / _NEEDED).is_file():
            return folder
    raise PicoError(
        "the emulator's Node packages are not installed; run the command with --install, which fetches them"
        + (f", or: {' '.join(_npm_ci(SOURCES))}" if _writable(SOURCES) else f" into {_cached()}")
    )


def install() -> Path:
    """Download the packages in the harness's lock file, and return the harness's folder. Raises PicoError."""
    npm = shutil.which("npm")
    if npm is None:
        raise PicoError(f"npm, which comes with Node.js, is not installed; {_NODE_CURE}")
    folder = SOURCES if _writable(SOURCES) else _copied()
    try:
        ended = subprocess.run(
            [npm, *_npm_ci(folder)[1:]], capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise PicoError(f"npm did not finish within {_INSTALL_S:.0f} s; check the network and try again") from None
    if ended.returncode:
        last = " ".join((ended.stderr.strip().splitlines() or ["nothing"])[-3:])
        raise PicoError(f"npm could not install the emulator's packages into {folder}: {last}")
    return folder


def _npm_ci(folder: Path) -> list[str]:
    return ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--prefix", str(folder)]


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _cached() -> Path:
    """Return the folder for a copy of this version's harness in the user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("cablerep", appauthor=False) / f"pico-harness-{__version__}"


def _copied() -> Path:
    folder = _cached()
    try:
        shutil.copytree(SOURCES, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "test"))
    except OSError as error:
        raise PicoError(f"{folder}: the emulator cannot be copied there ({error}); free some disk space") from None
    return folder
