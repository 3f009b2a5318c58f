"""How large MicroPython makes each function's frame, from its compiler."""

import re
import subprocess
from pathlib import Path

MOST_WORDS = 11  # VM_MAX_STATE_ON_STACK in py/vm.c, 44 bytes
ONCE = {"<module>", "__init__", "<listcomp>", "<dictcomp>", "<genexpr>"}


def frame_words(compiler: str, path: Path) -> dict[str, int]:
    """Return the words of each function's frame in `path`, as the compiler states them; native ones have none."""
    told = subprocess.run(
        [compiler, "-v", "-v", "-X", "compile-only", str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    words: dict[str, int] = {}
    name = ""
    for line in told.stdout.splitlines():
        if found := re.match(r"File .*, code block '(.*?)'", line):
            name = found[1]
        elif found := re.match(r"\(N_STATE (\d+)\)", line):
            words[name] = max(words.get(name, 0), int(found[1]))
        elif found := re.match(r"\(N_EXC_STACK (\d+)\)", line):
            words[name] += 3 * int(found[1])
    assert words, told.stdout + told.stderr
    return words
