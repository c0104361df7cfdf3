"""One HTTP request to its final answer, redirects followed: what may go with it, and whether a
failure is worth another try.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from acgan.fetch.credentials import Credentials, is_loopback, origin, ways

if TYPE_CHECKING:  # requests is loaded at the first request: planning shall not wait for it
    import requests

CONNECT_SECONDS = 30.0
STALL_SECONDS = 60.0  # without a byte; then the connection counts as broken
REDIRECTS = 10


class Broken(Exception):
    """No answer, or half of one: another try may help, after `wait` seconds if the server said."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class Refused(Exception):
    """An answer that another try would not change."""


@contextlib.contextmanager
def answer(
    method: str, url: str, headers: Mapping[str, str], credentials: Credentials | None, prefix: str
) -> Iterator[requests.Response]:
    """The response, its body unread, of status 200, 206 or 416.

    `prefix` is that of the variables which the credentials come from.

    Raises Broken or Refused, also for what breaks while the block reads the body.
    """
    import requests
    import urllib3

    # The bytes as they lie on the server: a length, a range and a checksum are of those.
    sent = {"Accept-Encoding": "identity", "User-Agent": "acgan-repro", **headers}
    if credentials:
        sent[credentials.header[0]] = credentials.header[1]
    try:
        with session(url) as asking, ask(asking, method, url, sent) as response:
            check_status(response, url, credentials, prefix)
            yield response
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        if any(isinstance(e, ssl.SSLCertVerificationError) for e in chain(error)):
            raise Refused(f"its certificate does not hold: {reason_of(error)}") from error
        raise Broken(reason_of(error)) from error


def ask(
    asking: requests.Session, method: str, url: str, headers: dict[str, str]
) -> requests.Response:
    import requests

    timeout = (CONNECT_SECONDS, STALL_SECONDS)
    try:
        return asking.request(
            method, url, headers=headers, stream=True, timeout=timeout, allow_redirects=True
        )
    except requests.TooManyRedirects as error:
        raise Refused(f"more than {REDIRECTS} redirects") from error
    except ValueError as error:  # InvalidURL, InvalidSchema, and what urllib says of bad addresses
        raise Refused("it leads to what is no http or https address") from error


def session(url: str) -> requests.Session:
    """A session that hands on nothing of its own accord, and credentials to no other origin."""
    import requests

    class Session(requests.Session):
        def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
            """What requests calls at each redirect. It took our Cookie off already; its own rule
            for Authorization also lets some other ports and .netrc pass.
            """
            before, after = response.request, prepared_request
            stays = origin(before.url) == origin(after.url)
            for name in ("Authorization", "Cookie"):
                if stays and name in before.headers:
                    after.headers[name] = before.headers[name]
                elif name == "Authorization":
                    after.headers.pop(name, None)

    made = Session()
    made.max_redirects = REDIRECTS
    made.auth = lambda request: request  # or requests would take a password from ~/.netrc
    if is_loopback(url):
        made.trust_env = False  # no proxy, which would read what shall not leave this machine
    return made


def check_status(
    response: requests.Response, url: str, credentials: Credentials | None, prefix: str
) -> None:
    code = response.status_code
    if code in (200, 206, 416):
        return
    known = code in http.HTTPStatus.__members__.values()
    said = f"{code} {http.HTTPStatus(code).phrase}" if known else f"status {code}"
    if code in (408, 425, 429) or code >= 500:
        raise Broken(said, retry_after(response))
    if code in (401, 403):
        said += f": {who(response, url, credentials, prefix)}"
    raise Refused(said)


def who(response: requests.Response, url: str, credentials: Credentials | None, prefix: str) -> str:
    """What to do about credentials that the server misses or does not take."""
    if origin(response.url) != origin(url):
        return f"said by {origin(response.url)[1]}, another server, which gets no credentials"
    if credentials:
        return f"it does not take what {credentials.variables} holds"
    return f"it wants credentials: set {ways(prefix)}" if prefix else "it wants credentials"


def retry_after(response: requests.Response) -> float:
    """Seconds that the server asks us to wait, 0 if it does not say."""
    from urllib3 import Retry
    from urllib3.exceptions import InvalidHeader

    try:
        return Retry().parse_retry_after(response.headers.get("Retry-After", "0"))
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def span(response: requests.Response) -> tuple[int | None, int | None]:
    """Where in the file the body begins (None: the answer does not say) and the file's size in
    bytes, if named.
    """
    if response.status_code == 200:
        length = response.headers.get("Content-Length", "")
        chunked = "Transfer-Encoding" in response.headers  # then a length counts for nothing
        return 0, int(length) if re.fullmatch(r"\d{1,18}", length) and not chunked else None
    ranges = r"bytes (?:(\d{1,18})-\d{1,18}|\*)/(?:(\d{1,18})|\*)"
    found = re.fullmatch(ranges, response.headers.get("Content-Range", ""))
    if not found:
        return None, None
    begin, size = found.groups()
    return int(begin) if begin else None, int(size) if size else None


def chain(error: BaseException) -> list[BaseException]:
    """An error and those that it was made of."""
    found: list[BaseException] = []
    step: BaseException | None = error
    while step and step not in found:
        found.append(step)
        step = step.__cause__ or step.__context__
    return found


def reason_of(error: BaseException) -> str:
    """The innermost reason in a few words, without the addresses that requests puts into it."""
    import requests
    import urllib3

    for inner in reversed(chain(error)):
        if isinstance(inner, (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)):
            return "timed out"
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        if isinstance(inner, urllib3.exceptions.IncompleteRead | http.client.IncompleteRead):
            return "closed early"
        if isinstance(inner, http.client.RemoteDisconnected):
            return "closed without an answer"
    return type(error).__name__
