"""Real servers of the protocols of DVC's remotes, on loopback."""

import asyncio
import sys
import threading

import asyncssh
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


class S3Server:
    """A server that speaks S3, which can be told to fall silent after giving `left` more objects;
    it notes what it `gave`.
    """

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.left = sys.maxsize
        self.gave: list[str] = []
        self.is_silent, self.may_go_on = threading.Event(), threading.Event()
        self.http = make_server("127.0.0.1", 0, self, threaded=True)
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "GET" and "/files/md5/" in environ["PATH_INFO"]:
            self.left -= 1
            if self.left < 0:
                self.is_silent.set()
                self.may_go_on.wait(60)
            else:
                self.gave.append(environ["PATH_INFO"])
        return self.moto(environ, start_response)


class Anyone(asyncssh.SSHServer):
    """Lets everybody in."""

    def begin_auth(self, username: str) -> bool:
        return False


def ssh_server() -> str:
    """The address, without a path, of an SSH server with SFTP on this machine's files; it lives as
    long as this process.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    key = asyncssh.generate_private_key("ssh-ed25519")
    listening = asyncssh.create_server(
        Anyone, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=True
    )
    port = asyncio.run_coroutine_threadsafe(_served(listening), loop).result().get_port()
    return f"ssh://user@127.0.0.1:{port}"


async def _served(listening):
    return await listening
