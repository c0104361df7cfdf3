"""One process works, the others wait, whatever becomes of the lock file."""

import threading

import pytest

from acgan.errors import UserError
from acgan.locks import locked


def test_the_next_holder_holds_the_file_that_all_see(tmp_path, capsys):
    """Not the one that its predecessor has removed, which would let a third one in."""
    path, inside, leave = tmp_path / "lock", threading.Event(), threading.Event()

    def second() -> None:
        with locked(path, "it is made", wait=True, remove=True):
            inside.set()
            leave.wait(20)

    thread = threading.Thread(target=second)
    with locked(path, "it is made", wait=True, remove=True):
        thread.start()
        assert not inside.wait(0.2)
    assert inside.wait(20)
    try:
        assert path.exists()
        with (
            pytest.raises(UserError, match="it is made by process"),
            locked(path, "it is made", wait=False),
        ):
            pass
    finally:
        leave.set()
        thread.join()
    assert "waiting for it" in capsys.readouterr().out
    assert not path.exists()
