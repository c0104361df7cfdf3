"""Real photographs and weights, which are not ours to ship: found through ACGAN_REFERENCE_DATA, the
folder that holds oracles/ and data/ (default: shared/ beside the project).
"""

import os
from pathlib import Path

import pytest
from running import ROOT

REFERENCE = Path(os.environ.get("ACGAN_REFERENCE_DATA", ROOT.parent / "shared")).resolve()
WHY = "set ACGAN_REFERENCE_DATA to the folder with oracles/ and data/"


def needs(*files: str) -> pytest.MarkDecorator:
    """Skip where one of these files is absent, naming the variable."""
    missing = [f for f in files if not (REFERENCE / f).exists()]
    return pytest.mark.skipif(bool(missing), reason=f"{WHY}: {', '.join(missing)} not found")
