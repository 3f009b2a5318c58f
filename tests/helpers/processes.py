"""The command line in processes of their own, that a test may kill."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DEADLINE_S = 60.0  # a process that lives longer hangs


class Cablerep:
    """A running `cablerep ARGUMENTS`; it is killed at the end of its `with` block, and where it hangs."""

    def __init__(
        self, *arguments: object, cwd: Path | None = None, patience_s: float = _DEADLINE_S, **environment: str
    ) -> None:
        self.arguments = [str(argument) for argument in arguments]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cablerep", *self.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", **environment},
        )
        self._watchdog = threading.Timer(patience_s, self.process.kill)
        self._watchdog.start()

    def __enter__(self) -> "Cablerep":
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def line(self) -> str:
        """Return the next line of standard output; fail where there is none."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.kill()
            assert self.process.stderr is not None
            raise AssertionError(f"{self.arguments} ended: {self.process.stderr.read()}")
        return line.rstrip("\n")

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects of standard output."""
        while True:
            yield json.loads(self.line())

    def until(self, event: str, count: int = 1) -> None:
        """Wait for the event that many times."""
        for thing in self.objects():
            count -= thing["event"] == event
            if not count:
                return

    def kill(self) -> None:
        """`kill -9`, where it still runs."""
        self._watchdog.cancel()
        self.process.kill()
        self.process.communicate()

    def end(self, by: signal.Signals | None = None) -> tuple[int, str, str]:
        """Wait for its end, after signal `by`; return status, standard output and standard error."""
        if by is not None:
            self.process.send_signal(by)
        out, err = self.process.communicate()
        self._watchdog.cancel()
        assert "Traceback" not in err, err
        return self.process.returncode, out, err


def run(
    *arguments: object, cwd: Path | None = None, patience_s: float = _DEADLINE_S, **environment: str
) -> tuple[int, str, str]:
    """Run `cablerep ARGUMENTS` to its end; return status, standard output and standard error."""
    with Cablerep(*arguments, cwd=cwd, patience_s=patience_s, **environment) as one:
        return one.end()
