"""A manifest for MicroPython's build: the application as part of the image; see docs/frozen.md."""

# ruff: noqa: F821 - MicroPython's tools/manifestfile.py provides these names
# mypy: ignore-errors

from pathlib import Path

include("$(PORT_DIR)/boards/manifest.py")

# The manifest's own folder is the working directory. What is in reference/ is for a computer only.
_FILES = [path.relative_to("cablerep_fw").as_posix() for path in sorted(Path("cablerep_fw").rglob("*.py"))]
package(
    "cablerep_fw", files=[name for name in _FILES if name != "main.py" and not name.startswith("reference/")], opt=3
)
module("main.py", base_path="cablerep_fw", opt=3)
