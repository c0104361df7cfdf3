"""An HTTP server on 127.0.0.1 that misbehaves as told, and remembers what it was asked.

with serving({"/a.bin": content}) as server:
    server["/a.bin"].break_after, server["/a.bin"].breaks = 1000, 3
    get(server.url("/a.bin"))
    assert server.bytes_sent("/a.bin") == len(content)
"""

import contextlib
import http.server
import re
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CHUNK = 1 << 14


@dataclass
class Served:
    """A path's content, and how it misbehaves; to be changed at any time."""

    content: bytes
    etag: str | None = '"1"'
    last_modified: str | None = None
    content_type: str = "application/octet-stream"
    ranges: bool = True
    conditions: bool = True  # whether If-Range is obeyed
    early: int = 0  # bytes that the answer to a range begins before it
    head: bool = True  # whether HEAD is allowed
    length: int | None = None  # a Content-Length that is a lie
    chunked: bool = False  # no Content-Length
    wrong: int = 0  # the next answers with other bytes
    break_after: int = 0  # bytes of a body, the next `breaks` times
    breaks: int = 0
    reset: bool = False  # break by RST rather than by FIN
    stall_after: int = 0  # bytes of a body, the next `stalls` times: then silence
    stalls: int = 0
    hold_at: int = 0  # bytes of a body after which it waits until this is 0 again
    statuses: list[int] = field(default_factory=list)  # of the next answers, instead of content
    headers: dict[str, str | None] = field(default_factory=dict)  # instead of the right ones
    redirect: str | None = None  # a path of this server, or a URL
    requires: tuple[str, str] | None = None  # a header; without it 401
    pause: float = 0.0  # seconds between two pieces of a body
    next_etags: list[str] = field(default_factory=list)  # one more with each answer


@dataclass
class Asked:
    """A request, and the bytes of body that it got."""

    method: str
    path: str
    headers: Mapping[str, str]
    sent: int = 0


class Server:
    def __init__(self, files: Mapping[str, bytes | Served]) -> None:
        self.files = {p: f if isinstance(f, Served) else Served(f) for p, f in files.items()}
        self.requests: list[Asked] = []
        self.closing = threading.Event()
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.http.daemon_threads = True

    def __getitem__(self, path: str) -> Served:
        return self.files[path]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def asked(self, path: str, method: str = "GET") -> list[Asked]:
        return [r for r in self.requests if r.path == path and r.method == method]

    def bytes_sent(self, path: str) -> int:
        return sum(r.sent for r in self.asked(path))


@contextlib.contextmanager
def serving(files: Mapping[str, bytes | Served]) -> Iterator[Server]:
    server = Server(files)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.http.shutdown()
        server.http.server_close()


def handler(server: Server) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            self.close_connection = True
            # Little on its way: a client that is killed loses no more than that.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 15)
            asked = Asked(self.command, self.path, dict(self.headers))
            server.requests.append(asked)
            file = server.files.get(self.path)
            with contextlib.suppress(ConnectionError):
                if file is None:
                    self.head_of(404)
                elif file.statuses:
                    self.head_of(file.statuses.pop(0), file.headers)
                elif file.requires and self.headers.get(file.requires[0]) != file.requires[1]:
                    self.head_of(401, {"WWW-Authenticate": "Basic"} | file.headers)
                elif file.redirect is not None:
                    self.head_of(302, {"Location": file.redirect} | file.headers)
                elif self.command == "HEAD" and not file.head:
                    self.head_of(405)
                else:
                    self.give(file, asked)

        def give(self, file: Served, asked: Asked) -> None:
            size = len(file.content)
            if file.next_etags:
                file.etag = file.next_etags.pop(0)
            headers = {
                "ETag": file.etag,
                "Last-Modified": file.last_modified,
                "Content-Type": file.content_type,
            }
            wanted = self.range_of(file)
            begin, end = wanted or (0, size)
            if wanted and begin >= size:
                return self.head_of(416, {"Content-Range": f"bytes */{size}"})
            if wanted:
                headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
            if file.chunked:
                headers["Transfer-Encoding"] = "chunked"
            else:
                headers["Content-Length"] = str(end - begin if file.length is None else file.length)
            self.head_of(206 if wanted else 200, headers | file.headers)
            if self.command == "GET":
                content = bytes(b ^ 255 for b in file.content) if file.wrong else file.content
                file.wrong -= file.wrong > 0
                self.body(file, content[begin:end], asked)
            return None

        def range_of(self, file: Served) -> tuple[int, int] | None:
            """First byte and the one after the last; None for all, as when If-Range fails."""
            size = len(file.content)
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            condition = self.headers.get("If-Range")
            same = condition in (None, file.etag, file.last_modified) or not file.conditions
            if not wanted or not file.ranges or not same:
                return None
            last = int(wanted[2]) + 1 if wanted[2] else size
            return max(0, int(wanted[1]) - file.early), min(last, size)

        def body(self, file: Served, content: bytes, asked: Asked) -> None:
            broken, stalled = file.breaks > 0, file.stalls > 0
            file.breaks -= broken
            file.stalls -= stalled
            stop = file.break_after if broken else file.stall_after if stalled else len(content)
            for at in range(0, min(stop, len(content)), CHUNK):
                piece = content[at : min(at + CHUNK, stop)]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if file.chunked else piece)
                asked.sent += len(piece)
                server.closing.wait(file.pause)
                while 0 < file.hold_at <= asked.sent and not server.closing.wait(0.01):
                    pass
            if stalled and not broken:
                server.closing.wait(30)
            elif file.chunked and not broken:
                self.wfile.write(b"0\r\n\r\n")
            elif broken and file.reset:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

        def head_of(self, status: int, headers: Mapping[str, str | None] | None = None) -> None:
            self.send_response(status)
            headers = {"Connection": "close"} | dict(headers or {})
            if status >= 300:
                headers["Content-Length"] = "0"
            for name, value in headers.items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
