"""Import torchvision, also beside a CPU-only torch.

The package index serves torchvision as a CUDA build only; beside a CPU-only torch its C++ operators
do not load, and the import fails because their schemas are missing. Declaring the two that it looks
for lets everything written in Python work (transforms, data sets, models); the operators themselves
stay unavailable. Where the import works by itself nothing is done.
"""

import importlib
import sys
from types import ModuleType

import torch

_declared: list[torch.library.Library] = []  # a library's declarations go when it is collected


def import_torchvision() -> ModuleType:
    """The torchvision package. Raises whatever its import raises for any other reason."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    for name in [m for m in sys.modules if m.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(library)
    return importlib.import_module("torchvision")
