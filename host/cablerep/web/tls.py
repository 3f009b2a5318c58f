"""TLS for the local network: a certificate authority made on first use, and a certificate of this computer under it.

The authority may sign only for private addresses and `.local` names, so that a phone which trusts it risks nothing on
the internet, even if the key is stolen.
"""

import ipaddress
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_DAYS = 3650
SERVER_DAYS = 397  # Apple and Google take no longer ones
RENEW_DAYS = 30  # before its end
_PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)


def certificate(folder: Path, names: Iterable[str], now: datetime | None = None) -> tuple[Path, Path]:
    """Return the files of certificate and key for `names`, hosts and addresses, made anew if need be.

    The authority is `folder`/ca.pem, for people to install on their phones.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_file, ca_key_file = folder / "ca.pem", folder / "ca.key"
    file, key_file = folder / "server.pem", folder / "server.key"
    wanted = sorted(set(names))
    if not (ca_file.exists() and ca_key_file.exists()) or _left(ca_file, now) < timedelta(days=SERVER_DAYS):
        _make_authority(ca_file, ca_key_file, wanted, now)
        file.unlink(missing_ok=True)
    if not (file.exists() and key_file.exists()) or not _serves(file, wanted, now):
        _make_certificate(file, key_file, ca_file, ca_key_file, wanted, now)
    return file, key_file


def _left(file: Path, now: datetime) -> timedelta:
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc - now


def _serves(file: Path, names: list[str], now: datetime) -> bool:
    """Return whether the certificate has these names and is valid for a while."""
    found = x509.load_pem_x509_certificate(file.read_bytes())
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return alternatives == _alternatives(names) and _left(file, now) > timedelta(days=RENEW_DAYS)


def _make_authority(file: Path, key_file: Path, names: list[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cablerep on this network")])
    hosts = [one for one in names if _address(one) is None]
    allowed: list[x509.GeneralName] = [x509.DNSName(one) for one in sorted({"local", "localhost", *hosts})]
    allowed += [x509.IPAddress(ipaddress.ip_network(network)) for network in _PRIVATE]
    usage = {
        **dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False),
        **dict.fromkeys(("key_agreement", "encipher_only", "decipher_only"), False),
    }
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _key_bytes(key))
    _write(file, made.public_bytes(serialization.Encoding.PEM), 0o644)


def _make_certificate(
    file: Path, key_file: Path, ca_file: Path, ca_key_file: Path, names: list[str], now: datetime
) -> None:
    authority = x509.load_pem_x509_certificate(ca_file.read_bytes())
    ca_key = serialization.load_pem_private_key(ca_key_file.read_bytes(), None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey), "as it was made"
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cablerep serve")]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=SERVER_DAYS))
        .add_extension(_alternatives(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(key_file, _key_bytes(key))
    both = made.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    _write(file, both, 0o644)


def _alternatives(names: list[str]) -> x509.SubjectAlternativeName:
    found: list[x509.GeneralName] = []
    for name in names:
        address = _address(name)
        found.append(x509.DNSName(name) if address is None else x509.IPAddress(address))
    return x509.SubjectAlternativeName(found)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file in one step; nobody else can ever read a key."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(data)
    fresh.replace(path)
