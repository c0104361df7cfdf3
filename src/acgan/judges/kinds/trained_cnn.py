"""A small CNN that a rule trains on any data set, at any side from 16 to 128.

    judges:
      own: {kind: trained_cnn, train: own, test: own_heldout, side: 64, epochs: 40, flip: true}

`digits_cnn` is the same for digits. On few photographs `finetuned` knows more (docs/judges.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from acgan.judges import cnn
from acgan.judges.base import Judge
from acgan.judges.kind import Kind, Problem, Settings, any_source, known_once_trained

SIDES = (16, 32, 64, 128)
BATCH = 32  # small, since people have few images
MAPS = (32, 64, 128, 256, 256)  # of its blocks; one less for half the side


def shape(settings: Settings) -> cnn.Shape:
    """It halves the side down to 4 pixels."""
    blocks = settings["side"].bit_length() - 3
    return cnn.Shape(settings["side"], 3, MAPS[:blocks])


def train(settings: Settings, seed: int, data: Path, weights: Path) -> None:
    how = cnn.Augmentation(**{key: settings[key] for key in cnn.Augmentation._fields})
    state, ids = cnn.fit(shape(settings), how, BATCH, settings, seed, data)
    cnn.write(weights, state, ids)


def load(name: str, settings: Settings, weights: Path, device: str) -> Judge:
    """The trained judge. Raises UserError for a damaged file."""
    ids = cnn.class_ids_in(weights)
    return cnn.load(name, "trained_cnn", shape(settings), ids, weights, device)


def problems(settings: Settings) -> Iterator[Problem]:
    if settings["side"] not in SIDES:
        yield ("side",), f"it reads {', '.join(map(str, SIDES))} pixels, not {settings['side']}"


KIND = Kind(
    about="a small CNN that a rule trains on any data set",
    load=load,
    knows=any_source,
    class_ids=known_once_trained,
    gflop=0.1,  # at 64 pixels
    train=train,
    logits=True,
    keys=cnn.Augmentation._fields,
    problems=problems,
)
