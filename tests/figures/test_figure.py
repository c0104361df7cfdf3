"""A notebook is run by the interpreter that runs us, nobody's settings reach its figure, and one
that fails leaves the last good figure and what is needed to fix it.
"""

import json
import os
from pathlib import Path

import pytest

from acgan.figures.notebook import FILES, draw
from acgan.io.errors import UserError

HEAD = '# %% tags=["parameters"]\nconfig = ""\ntables = ""\nout = ""\n\n# %%\n'
NOTEBOOK = f"""{HEAD}import sys
import matplotlib.pyplot as plt
import pandas as pd
from acgan.figures.drawing import Drawing

item = Drawing("figure_04", config, tables, out)
data = pd.DataFrame({{"x": [0.123456789, 2.0], "y": [1.0, 2.0]}})

# %%
fig, ax = plt.subplots()
ax.plot(data["x"], data["y"], label="x_1")
ax.legend()

# %%
data

# %%
item.finish(fig, data, "A caption, by " + sys.executable.rpartition("/")[2])
"""


class Desk:
    """A folder to draw in, laid out as results/<experiment> is."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "tables").mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        self.failed = folder / "logs/figure/figure_04.ipynb"

    def draw(self, notebook: str = NOTEBOOK) -> dict[str, bytes]:
        """The files of the figure that a notebook draws."""
        folder = Path(os.path.relpath(self.folder))  # as Snakemake names it
        (folder / "figure_04.py").write_text(notebook)
        draw(
            folder / "figure_04.py",
            folder / "config.json",
            folder / "tables",
            folder / "figures/figure_04",
            folder / "logs/figure/figure_04.ipynb",
        )
        return self.files()

    def files(self) -> dict[str, bytes]:
        out = self.folder / "figures/figure_04"
        return {p.name: p.read_bytes() for p in out.iterdir()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    """One where a figure is drawn, by nobody's settings."""
    desk = Desk(tmp_path_factory.mktemp("plain"))
    desk.draw()
    return desk


@pytest.fixture
def plain(desk) -> dict[str, bytes]:
    return desk.files()


def write(path: Path, text: str) -> str:
    """The folder of a file that is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path.parent)


def test_another_pythons_kernel_and_templates_are_not_asked(plain, tmp_path, monkeypatch):
    """A `python3` kernel that somebody installed need not be able to run our code, nor to run."""
    spec = {"argv": ["/bin/false", "{connection_file}"], "display_name": "x", "language": "python"}
    write(tmp_path / "share/kernels/python3/kernel.json", json.dumps(spec))
    write(tmp_path / "share/nbconvert/templates/lab/index.html.j2", "somebody's template")
    write(tmp_path / "share/nbconvert/templates/lab/conf.json", "{}")
    for variable in ("JUPYTER_PATH", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / "share"))
    assert Desk(tmp_path / "desk").draw() == plain


RCFILE = (
    "axes.grid: True\ntext.usetex: True\nfigure.figsize: 2, 2\nlines.linewidth: 7\nno.such_key: 1\n"
)
STARTUP = """
import matplotlib, pandas
matplotlib.rcParams.update({"axes.facecolor": "yellow", "savefig.transparent": True})
pandas.set_option("display.precision", 2)
print("good morning")
"""
SETTINGS = """
c = get_config()
c.InteractiveShellApp.exec_lines = ["print('good morning')"]
c.InlineBackend.rc = {"axes.facecolor": "yellow"}
c.InlineBackend.figure_formats = {"svg"}
"""


def of_matplotlib(folder: Path) -> dict[str, str]:
    home = write(folder / "config/matplotlibrc", RCFILE)
    return {"MPLCONFIGDIR": home, "MATPLOTLIBRC": home, "MPLBACKEND": "no.such_backend"}


def of_ipython(folder: Path) -> dict[str, str]:
    profile = folder / "profile_default"
    write(profile / "startup/00-mine.py", STARTUP)
    write(profile / "ipython_kernel_config.py", SETTINGS)
    write(profile / "ipython_config.py", SETTINGS)
    startup = f"{write(folder / 'startup.py', STARTUP)}/startup.py"
    return {
        "IPYTHONDIR": str(folder),
        "PYTHONSTARTUP": startup,
        "PYTHONWARNINGS": "always",
        "MPLCONFIGDIR": "/proc/cannot/be/written",
    }


@pytest.mark.parametrize("settings", [of_matplotlib, of_ipython])
def test_nobodys_settings_reach_a_figure(plain, tmp_path, monkeypatch, settings):
    for name, value in settings(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    found = Desk(tmp_path / "desk").draw()
    assert [name for name in FILES if found[name] != plain[name]] == []


def test_a_notebook_opened_by_hand_draws_the_same(tmp_path):
    """There the user's matplotlib is at work, so the style begins from matplotlib's defaults."""
    import matplotlib as mpl

    from acgan.figures.drawing import Drawing

    write(tmp_path / "config.json", "{}")
    with mpl.rc_context({"axes.grid": True, "text.usetex": True}):
        Drawing("figure_04", str(tmp_path / "config.json"), ".", ".")
        assert not mpl.rcParams["axes.grid"] and not mpl.rcParams["text.usetex"]
        assert mpl.rcParams["font.size"] == 8


def test_a_failing_notebook_leaves_the_last_good_figure_and_itself(desk, plain, capfd):
    broken = NOTEBOOK + "\n# %%\nprint('so far so good')\n\n# %%\n{}['missing']\n"
    with pytest.raises(UserError) as error:
        desk.draw(broken.replace("0.123456789", "7.0"))
    assert desk.files() == plain
    assert "figure_04.py: KeyError: 'missing', in cell 8 (as far as" in str(error.value)
    assert str(error.value).endswith("logs/figure/figure_04.ipynb)")
    assert "so far so good" in desk.failed.read_text()  # and what it printed
    log, complaints = capfd.readouterr()
    assert "not a writable location" not in complaints
    assert "----> 1 {}['missing']" in log and "\x1b" not in log


def test_a_killed_notebook_says_so(desk, plain):
    killed = (
        f"{HEAD}print('still here')\n\n# %%\nimport os, signal\nos.kill(os.getpid(), "
        "signal.SIGKILL)\n"
    )
    with pytest.raises(UserError, match=r"figure_04\.py: .*died.*as far as it came"):
        desk.draw(killed)
    assert "still here" in desk.failed.read_text() and desk.files() == plain


def test_a_notebook_that_saves_nothing_is_refused_though_an_old_figure_is_there(desk, plain):
    with pytest.raises(UserError, match=r"did not make figure\.svg, .* must call item\.finish"):
        desk.draw(f"{HEAD}print('nothing')\n")
    assert desk.files() == plain


def test_figures_may_lie_on_another_disk(plain, tmp_path):
    """A link at `figures`, from where ../../config.json leads elsewhere."""
    desk = Desk(tmp_path / "results")
    (tmp_path / "disk{2}/deep").mkdir(parents=True)
    (desk.folder / "figures").symlink_to(tmp_path / "disk{2}/deep")
    write(desk.failed, "of a failure that is fixed")
    assert desk.draw() == plain
    assert not desk.failed.exists()
