"""The kernel that notebooks run in: IPython as it comes, in the interpreter that runs us.

A kernel called `python3` may be anybody's (JUPYTER_PATH, ~/.local/share/jupyter), and IPython reads
profiles, startup files and settings of the user and of the system. Figures shall be the same bytes
for everybody, so none of these is asked.
"""

import os
import sys
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

INLINE = "module://matplotlib_inline.backend_inline"


class PlainKernel(IPKernelApp):
    """IPython's kernel without anybody's settings and startup files."""

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """Of the user, of the system, or of the folder that it runs in."""

    def init_code(self) -> None:
        """Startup files, those of /etc/ipython and PYTHONSTARTUP too."""


def manager(folder: Path) -> type[AsyncKernelManager]:
    """The class that papermill starts kernels by; `folder` is for what a kernel itself writes."""
    command = [sys.executable, "-m", "acgan.figures.kernel", "-f", "{connection_file}"]
    # No MATPLOTLIBRC but an empty one. PYTHONWARNINGS would put other words into the notebook.
    environment = {
        "IPYTHONDIR": str(folder),
        "JUPYTER_RUNTIME_DIR": str(folder),
        "MATPLOTLIBRC": os.devnull,
        "MPLBACKEND": INLINE,
        "PYTHONWARNINGS": "",
    }
    spec = KernelSpec(argv=command, env=environment, display_name="Python 3", language="python")

    class Manager(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

    return Manager


if __name__ == "__main__":
    # What it says of fonts and of a home folder that cannot be written shall not stand in the
    # notebook.
    import matplotlib.font_manager  # noqa: F401

    PlainKernel.launch_instance()
