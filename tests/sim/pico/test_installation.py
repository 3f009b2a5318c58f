"""What the emulator needs installed: a missing piece is named with the command that installs it."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from cablerep_sim.errors import PicoError
from cablerep_sim.pico import installation


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder that is the whole PATH; `programs(name, script)` puts a program into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def add(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return add


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Sources of a harness and a cache, both empty of packages."""
    sources, cache = tmp_path / "harness", tmp_path / "cache" / "harness"
    (sources / "test").mkdir(parents=True)
    (sources / "main.mjs").write_text("// main")
    monkeypatch.setattr(installation, "SOURCES", sources)
    monkeypatch.setattr(installation, "_cached", lambda: cache)
    return sources, cache


def with_packages(folder):
    (folder / "node_modules" / "rp2040js").mkdir(parents=True)
    (folder / "node_modules" / "rp2040js" / "package.json").write_text("{}")


def test_without_node_the_message_says_how_to_get_it(programs):
    with pytest.raises(
        PicoError, match=r"Node\.js, which is not installed; install Node\.js 18 or newer \(Debian: apt"
    ):
        installation.node()


@pytest.mark.parametrize(("said", "what"), [("v16.20.1", r"Node\.js v16\.20\.1, too old"), ("hello", "hello, too old")])
def test_an_old_node_is_named(programs, said, what):
    programs("node", f"echo {said}")
    with pytest.raises(PicoError, match=what):
        installation.node()


def test_a_recent_node_is_accepted(programs):
    programs("node", "echo v18.0.0")
    assert Path(installation.node()).name == "node"


def test_without_packages_the_message_names_the_command(places):
    with pytest.raises(PicoError, match=rf"--install, which fetches them, or: npm ci .*--prefix {places[0]}"):
        installation.harness()


def test_packages_next_to_the_sources_come_first(places):
    with_packages(places[1])
    assert installation.harness() == places[1]
    with_packages(places[0])
    assert installation.harness() == places[0]


def test_installing_runs_npm_in_the_sources(programs, places, tmp_path):
    programs("npm", f'echo "$@" > {tmp_path}/said')
    assert installation.install() == places[0]
    assert (tmp_path / "said").read_text().split() == [
        *("ci", "--omit=dev", "--no-audit", "--no-fund", "--prefix", str(places[0]))
    ]


def test_with_read_only_sources_a_copy_in_the_cache_is_installed(programs, places, tmp_path, monkeypatch):
    programs("npm", f'echo "$@" > {tmp_path}/said')
    monkeypatch.setattr(installation, "_writable", lambda folder: False)
    assert installation.install() == places[1]
    assert (places[1] / "main.mjs").read_text() == "// main"
    assert str(places[1]) in (tmp_path / "said").read_text()
    with pytest.raises(PicoError, match=f"--install, which fetches them into {places[1]}"):
        installation.harness()


def test_an_npm_that_fails_is_quoted(programs, places):
    programs("npm", "echo 'npm error network ENOTFOUND' >&2; exit 1")
    with pytest.raises(
        PicoError, match=r"could not install the emulator's packages into .*: npm error network ENOTFOUND"
    ):
        installation.install()


def test_without_npm_the_message_says_so(programs, places):
    with pytest.raises(PicoError, match="npm, which comes with"):
        installation.install()


def test_the_harness_passes_its_own_tests(harness_folder):
    """Its models and its coupling to the cycle count, which need no image."""
    npm = shutil.which("npm")
    assert npm, "Node is here without npm"
    ended = subprocess.run(
        [npm, "test", "--silent"], cwd=harness_folder, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-2000:]
