"""The local certificate authority: made once, good for this network's names only; and a LAN page by TLS."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cablerep.web.tls import SERVER_DAYS, certificate

NAMES = ["localhost", "gym.local", "127.0.0.1", "192.168.1.5"]


def handshake(file: Path, key: Path, authority: Path, name: str) -> None:
    """Connect by TLS to a server with this certificate as `name`. Raises SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    here, there = socket.socketpair()

    def answer() -> None:
        try:
            context.wrap_socket(here, server_side=True).close()
        except OSError:
            here.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        ssl.create_default_context(cafile=str(authority)).wrap_socket(there, server_hostname=name).close()
    finally:
        there.close()
        thread.join()


def test_browsers_that_trust_the_authority_accept_this_computers_names_only(tmp_path: Path) -> None:
    file, key = certificate(tmp_path, NAMES)
    for name in NAMES:
        handshake(file, key, tmp_path / "ca.pem", name)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(file, key, tmp_path / "ca.pem", "other.local")


def test_the_authority_cannot_speak_for_the_internet(tmp_path: Path) -> None:
    file, key = certificate(tmp_path, [*NAMES, "localhost"])
    authority = tmp_path / "ca.pem"
    kept = authority.read_bytes()
    file, key = certificate(tmp_path, ["bank.example", "8.8.8.8"])  # as a thief of its key would
    assert authority.read_bytes() == kept
    for name in ("bank.example", "8.8.8.8"):
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            handshake(file, key, authority, name)


def test_it_is_made_once_and_renewed_in_time_and_keys_are_secret(tmp_path: Path) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)

    def made(days: float, names: list[str] = NAMES) -> list[bytes]:
        files = (*certificate(tmp_path, names, now + timedelta(days=days)), tmp_path / "ca.pem")
        return [file.read_bytes() for file in files]

    first = made(0)
    assert made(SERVER_DAYS - 40) == first
    renewed = made(SERVER_DAYS - 20)
    assert renewed[0] != first[0]
    assert renewed[2] == first[2], "phones trust the authority for years"
    assert made(SERVER_DAYS - 20, [*NAMES, "10.0.0.7"])[0] != renewed[0]
    assert [file.stat().st_mode & 0o077 for file in tmp_path.glob("*.key")] == [0, 0]
