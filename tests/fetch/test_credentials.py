"""Credentials reach the server that they are for, and nothing and nobody else."""

import base64
import os

import pytest
import requests
from fetching import CONTENT, names, quick, refused, remote, server, sha256, start
from misbehaving_server import Served, serving

from acgan import fetch
from acgan.fetch import Remote, credentials_from, download, probe, web
from acgan.io.errors import UserError

SECRET = "Kx7-very.secret_42"
X = "ACGAN_X"
__all__ = ["quick", "server"]  # fixtures


BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
WAYS = [
    ({"USER": "me", "PASSWORD": SECRET}, ("Authorization", BASIC)),
    ({"TOKEN": SECRET}, ("Authorization", f"Bearer {SECRET}")),
    ({"COOKIE": f"session={SECRET}"}, ("Cookie", f"session={SECRET}")),
]


def set_variables(monkeypatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"{X}_{name}", value)


@pytest.mark.parametrize(("values", "header"), WAYS)
def test_credentials_go_to_their_host_and_no_other(server, tmp_path, monkeypatch, values, header):
    set_variables(monkeypatch, values)
    server["/a.bin"].requires = header
    with serving({"/b.bin": CONTENT, "/back": Served(b"", redirect=server.url("/a.bin"))}) as other:
        server.files["/here"] = Served(b"", redirect="/a.bin", requires=header)
        server.files["/away"] = Served(b"", redirect=other.url("/b.bin"), requires=header)
        server.files["/away_and_back"] = Served(b"", redirect=other.url("/back"), requires=header)
        download(remote(server, "/here"), tmp_path / "a.bin", credentials=credentials_from(X))
        download(remote(server, "/away"), tmp_path / "b.bin", credentials=credentials_from(X))
        refused(
            remote(server, "/away_and_back"),
            tmp_path / "c.bin",
            "401",
            credentials=credentials_from(X),
        )
        assert probe(remote(server, "/away"), credentials_from(X)) == len(CONTENT)
        assert len(other.requests) == 3
        for asked in other.requests:
            assert not {"Authorization", "Cookie"} & set(asked.headers)
            assert SECRET not in str(asked.headers)


@pytest.mark.parametrize(("values", "header"), WAYS)
def test_the_secret_stands_nowhere(server, tmp_path, values, header):
    """Not in debug logs, messages, the part's note or a command line: after a failure that names
    the credentials, after one that leaves a part, and after success.
    """
    environment = os.environ | {f"{X}_{name}": value for name, value in values.items()}
    server["/a.bin"].requires = header
    server.files["/wrong"] = Served(b"", requires=("Authorization", "another"))
    server.files["/half"] = Served(
        CONTENT, breaks=100, break_after=1000, next_etags=[f'"{i}"' for i in range(100)]
    )
    output = ""
    for path, status in (("/wrong", 1), ("/half", 1), ("/a.bin", 0)):
        process = start(remote(server, path), tmp_path / path[1:], env=environment)
        output += "".join(process.communicate(timeout=20))
        assert process.returncode == status, output
    assert f"it does not take what {X}_" in output
    assert "urllib3" in output  # logged at its most talkative
    assert names(tmp_path) == [".half.part", ".half.part.json", "a.bin"]
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode("latin-1")
    for secret in (SECRET, header[1].rpartition(" ")[2]):
        assert secret not in output + files
    assert SECRET not in repr(fetch.Credentials("X", header))


def test_an_answer_401_names_the_variables(server, tmp_path, monkeypatch):
    server["/a.bin"].requires = ("Authorization", "other")
    ways = "set ACGAN_X_USER and ACGAN_X_PASSWORD, or ACGAN_X_TOKEN, or ACGAN_X_COOKIE"
    refused(
        remote(server, environment=X),
        tmp_path / "a",
        f"401 Unauthorized: it wants credentials: {ways}",
    )
    set_variables(monkeypatch, WAYS[0][0])
    says = "401 Unauthorized: it does not take what ACGAN_X_USER and ACGAN_X_PASSWORD holds"
    refused(remote(server), tmp_path / "a", says, credentials=credentials_from(X))
    with serving({"/a.bin": Served(b"", redirect=server.url("/a.bin"))}) as first:
        refused(
            remote(first),
            tmp_path / "a",
            "said by 127.0.0.1, another server",
            credentials=credentials_from(X),
        )


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"USER": "me"}, "ACGAN_X_PASSWORD is missing, though ACGAN_X_USER is set"),
        ({"PASSWORD": SECRET}, "ACGAN_X_USER is missing, though ACGAN_X_PASSWORD is set"),
        ({"TOKEN": SECRET, "COOKIE": SECRET}, "ACGAN_X_TOKEN and ACGAN_X_COOKIE are both set"),
        ({"TOKEN": f"{SECRET}\nX: y"}, "ACGAN_X_TOKEN holds a line break or another character"),
        (
            {"COOKIE": f"{SECRET}\N{SNOWMAN}"},
            "ACGAN_X_COOKIE holds a line break or another character",
        ),
        ({"USER": f"a:{SECRET}", "PASSWORD": "x"}, "ACGAN_X_USER holds a colon"),
    ],
)
def test_half_a_pair_and_other_mistakes_are_one_line(monkeypatch, values, says):
    set_variables(monkeypatch, values)
    with pytest.raises(UserError, match=says) as error:
        credentials_from(X)
    assert SECRET not in str(error.value) and "\n" not in str(error.value)


def test_no_variables_no_credentials(monkeypatch):
    assert credentials_from(X) is None
    set_variables(monkeypatch, {"TOKEN": "", "USER": ""})
    assert credentials_from(X) is None
    # as `export X="$(cat file; echo .)"` may leave
    set_variables(monkeypatch, {"TOKEN": SECRET + "\n"})
    assert credentials_from(X).header == ("Authorization", f"Bearer {SECRET}")


def test_credentials_do_not_go_over_plain_http(tmp_path, monkeypatch):
    set_variables(monkeypatch, {"TOKEN": SECRET})
    monkeypatch.setattr(requests.Session, "request", lambda *_, **__: pytest.fail("it was sent"))
    for host in ("example.org", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org"):
        at = Remote(f"http://{host}/a", sha256(b""))
        refused(
            at,
            tmp_path / "a",
            f"do not go over plain http to {host}.*unset ACGAN_X_TOKEN",
            credentials=credentials_from(X),
        )
        with pytest.raises(UserError, match="plain http"):
            probe(at, credentials_from(X))


@pytest.mark.parametrize("user", [f"me:{SECRET}", SECRET, f":{SECRET}", f"me:{SECRET}/x"])
def test_a_password_in_the_url_is_refused_and_not_repeated(tmp_path, user):
    at = Remote(f"https://{user}@example.org/a", sha256(b""), environment=X)
    says = "cannot be read" if "/" in user else r"put them into the environment \(ACGAN_X_USER and"
    assert SECRET not in refused(at, tmp_path / "a", says)


def test_what_stays_on_this_machine_meets_no_proxy(server, tmp_path, monkeypatch):
    set_variables(monkeypatch, {"TOKEN": SECRET})
    with serving({}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        monkeypatch.delenv("no_proxy", raising=False)
        download(remote(server), tmp_path / "a.bin", credentials=credentials_from(X))
        assert proxy.requests == []


def test_a_netrc_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text(f"machine example.org login me password {SECRET}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = "https://example.org/a"
    asked = requests.Request("GET", url)
    assert "Authorization" in requests.Session().prepare_request(asked).headers  # as requests does
    assert "Authorization" not in web.session(url).prepare_request(asked).headers
