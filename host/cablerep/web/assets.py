"""The page's own files, read and compressed once: the shell, the modules, the texts of each language.

Each reply has an ETag, so that a browser asks, and a new version of cablerep is never mixed with an old one.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from .. import words

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, plain and compressed."""

    body: bytes
    packed: bytes
    media_type: str
    tag: str

    def reply(self, request: Request) -> Response:
        """Return the response, short if the browser has the file."""
        headers = {"etag": self.tag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, media_type=self.media_type, headers={**headers, "content-encoding": "gzip"})
        return Response(self.body, media_type=self.media_type, headers=headers)


def load() -> dict[str, Asset]:
    """Return the assets by path, such as "style.css" and "words/de.json"."""
    found: dict[str, Asset] = {}
    folder = resources.files(__package__) / "static"
    for base, prefix in ((folder, ""), (folder / "vendor", "vendor/")):
        for file in base.iterdir():
            suffix = file.name.rpartition(".")[2]
            if file.is_file() and suffix in _TYPES:
                found[prefix + file.name] = _asset(file.read_bytes(), suffix)
    for language in words.languages():
        texts = json.dumps(words.load(language), ensure_ascii=False, separators=(",", ":"))
        found[f"words/{language}.json"] = _asset(texts.encode(), "json")
    return found


def _asset(body: bytes, suffix: str) -> Asset:
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Asset(body, gzip.compress(body, 9, mtime=0), _TYPES[suffix], tag)
