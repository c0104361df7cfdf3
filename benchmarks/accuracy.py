"""Judging on a CPU: what EfficientNet-Lite0 costs, and what was gained.

    python -m benchmarks.accuracy

Ratios within one run, the versions by turns, the best of several repeats; other work on the machine
spoils the absolute times.
"""

from typing import Any

import numpy as np
import torch
from PIL import Image

from acgan.io.images import resized
from acgan.judges import load_judge
from acgan.judges.kinds import efficientnet_lite0
from benchmarks.timing import alternate, markdown

TITLE = "Accuracy: EfficientNet-Lite0 as a judge"
ABOUT = (
    "`plain` is the package's net in one batch of contiguous images; `ours` folds batch norms, "
    "keeps channels last and judges 16 images at a time. Resizing: Pillow image by image against "
    "torch's uint8 resize."
)
REPEATS = 3


def row(what: str, plain: float, ours: float) -> dict[str, str]:
    shown = (f"{1000 * plain:.0f} ms", f"{1000 * ours:.0f} ms", f"{plain / ours:.2f}")
    return dict(zip(("what", "plain", "ours", "ratio"), (what, *shown), strict=True))


def pillow(images: np.ndarray) -> np.ndarray:
    size, bicubic = (efficientnet_lite0.SIDE,) * 2, Image.Resampling.BICUBIC
    return np.stack([np.asarray(Image.fromarray(i).resize(size, bicubic)) for i in images])


@torch.no_grad()
def rows() -> list[dict[str, str]]:
    """What, plain, ours, ratio (above 1: ours is faster)."""
    torch.set_num_threads(2)
    judge = load_judge("efficientnet_lite0", {"kind": "efficientnet_lite0"})
    plain: Any = efficientnet_lite0.build()
    last = efficientnet_lite0.build().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    noise = np.random.default_rng(0).integers(0, 256, (64, 128, 128, 3)).astype(np.uint8)
    images = torch.from_numpy(noise).permute(0, 3, 1, 2).contiguous()

    def by(net: Any, n: int, form: torch.memory_format = torch.contiguous_format) -> Any:
        x = efficientnet_lite0.preprocess(images[:n]).contiguous(memory_format=form)
        return lambda: net(x).softmax(1)

    found = []
    for n in (1, 16, 64):
        whole = lambda n=n: plain(efficientnet_lite0.preprocess(images[:n])).softmax(1)  # noqa: E731
        times = alternate(whole, lambda n=n: judge.probabilities(images[:n]))
        found.append(row(f"judge {n} images, resize included", *times))
    times = alternate(by(plain, 16), by(last, 16, torch.channels_last))
    found.append(row("16 images, channels last alone", *times))

    in_float32 = by(last, 1, torch.channels_last)  # one: reduced precision is very slow here

    def reduced() -> None:
        with torch.autocast("cpu", torch.bfloat16):
            in_float32()

    times = alternate(by(plain, 1), reduced, repeats=1)
    found.append(row("1 image, channels last and bfloat16 (not used)", *times))
    side = efficientnet_lite0.SIDE
    times = alternate(lambda: pillow(noise), lambda: resized(images, side, "bicubic"))
    found.append(row("resize 64 images, 128 to 224", *times))
    return found


if __name__ == "__main__":
    print(markdown(rows()))
