"""Credentials for a download: from the environment alone, and only for the server they are for.

They never stand in a message, in a file or on a command line.
"""

import base64
import ipaddress
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from acgan.io.errors import UserError

WAYS = (("USER", "PASSWORD"), ("TOKEN",), ("COOKIE",))
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Credentials:
    """One request header that proves who asks, and the variables that it came from.

    Prints without its secret.
    """

    variables: str
    header: tuple[str, str] = field(repr=False)


def credentials_from(prefix: str) -> Credentials | None:
    """Credentials from <prefix>_USER and <prefix>_PASSWORD (HTTP basic), or <prefix>_TOKEN
    (bearer), or <prefix>_COOKIE (the value of a Cookie header); None if none is set.

    Raises UserError for half a pair, for more than one way and for a value no header can carry.
    """
    names = [tuple(f"{prefix}_{part}" for part in way) for way in WAYS]
    used = [way for way in names if any(os.environ.get(name) for name in way)]
    if not used:
        return None
    if len(used) > 1:
        raise UserError(f"{' and '.join(way[0] for way in used)} are both set: unset all but one")
    values = [os.environ.get(name, "").strip("\r\n") for name in used[0]]
    for name, value in zip(used[0], values, strict=True):
        if not value:
            others = ", ".join(other for other in used[0] if other != name)
            raise UserError(f"{name} is missing, though {others} is set: set both or neither")
        check_value(name, value)
    return Credentials(" and ".join(used[0]), header(values, used[0][0].endswith("_COOKIE")))


def check_value(name: str, value: str) -> None:
    """Here rather than in the HTTP library, whose error would quote the secret."""
    encoded = name.endswith(("_USER", "_PASSWORD"))  # by base64, whatever it holds
    if not value.isprintable() or not (encoded or value.isascii()):
        raise UserError(f"{name} holds a line break or another character that no header can carry")
    if name.endswith("_USER") and ":" in value:
        raise UserError(f"{name} holds a colon, which HTTP's basic authentication cannot carry")


def header(values: list[str], cookie: bool) -> tuple[str, str]:
    if len(values) == 2:
        return "Authorization", "Basic " + base64.b64encode(":".join(values).encode()).decode()
    secret = values[0].strip()
    return ("Cookie", secret) if cookie else ("Authorization", f"Bearer {secret}")


def ways(prefix: str) -> str:
    """What to set, in words."""
    return ", or ".join(" and ".join(f"{prefix}_{part}" for part in way) for way in WAYS)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: to another one credentials do not go, as in a browser."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def check_url(url: str, credentials: Credentials | None, prefix: str) -> None:
    """Raise UserError unless the URL is http or https, carries no user or password, and is safe for
    these credentials: https, or this machine itself.
    """
    try:
        scheme, host, _ = origin(url)
    except ValueError:  # its text is not shown: what cannot be read may well be a password
        raise UserError("the URL of a download cannot be read: fix its host or port") from None
    if "@" in urlsplit(url).netloc:
        where = f" ({ways(prefix)})" if prefix else ""
        raise UserError(
            f"the URL of a download from {host} carries a user or a password: take them out and "
            f"put them into the environment{where}"
        )
    if scheme not in PORTS or not host:
        raise UserError(f"{url} is no http or https address")
    if credentials and scheme != "https" and not is_loopback(url):
        raise UserError(
            f"credentials do not go over plain http to {host}, where all can read them: use an "
            f"https address, or unset {credentials.variables}"
        )


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
