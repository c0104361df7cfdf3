"""What a judge takes for what, and how right it is when it is how sure: `acgan judge-mistakes`."""

from pathlib import Path

import numpy as np
import torch

from acgan.data import packed
from acgan.data.class_names import as_class
from acgan.judges.accuracy import parts
from acgan.judges.base import Judge

CONFUSION = ("judge", "class", "named", "images")
CALIBRATION = ("judge", "confidence_from", "confidence_to", "images", "confidence", "accuracy")
BINS = 10  # of confidence, the highest probability that the judge gives


def measure(judge: Judge, folder: Path) -> tuple[list[tuple], list[tuple]]:
    """Rows of CONFUSION (those with images) and of CALIBRATION, over a packed folder."""
    confusion, confidences, rights = [], [], []
    for entry in packed.read_index(folder):
        p = torch.cat([judge.probabilities(part) for part in parts(folder, entry)])
        confidence, named = p.max(1)
        counts = np.bincount(named.numpy(), minlength=len(judge.class_ids))
        confusion += [
            (judge.name, entry.id, judge.class_ids[i], int(counts[i]))
            for i in np.flatnonzero(counts)
        ]
        confidences.append(confidence.double().numpy())
        rights.append(named.numpy() == judge.class_ids.index(as_class(entry.id)))
    return confusion, calibration(judge.name, np.concatenate(confidences), np.concatenate(rights))


def calibration(name: str, confidence: np.ndarray, right: np.ndarray) -> list[tuple]:
    """Of images (N,) as confidence: how many, how sure the judge is on average, how often right."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = []
    for i in range(BINS):
        own = place == i
        if own.any():
            means = float(confidence[own].mean()), float(right[own].mean())
            rows.append((name, i / BINS, (i + 1) / BINS, int(own.sum()), *means))
    return rows
