"""The nearest training images of samples (section 4.6, Figure 8)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acgan.config.resolve import Config
from acgan.data import packed
from acgan.scores.base import COLUMNS, Row, Scored, metric


@metric(
    settings=("neighbours",),
    code=("metrics/neighbours.py", "metrics/ms_ssim.py"),
    columns=(*COLUMNS, "neighbour_class", "neighbour_image"),
)
def neighbours(config: Config, s: Scored) -> Iterator[Row]:
    """The nearest training image of the first samples of each class, in L1 and by MS-SSIM, within
    the class and among the model's classes (section 4.6).
    """
    from acgan.metrics.neighbours import nearest_l1, nearest_ms_ssim

    index = {entry.id: entry for entry in packed.read_index(s.data)}
    pools = [packed.load_class(s.data, index[c]) for c in s.class_ids]
    ends = np.cumsum([len(p) for p in pools])
    starts = ends - [len(p) for p in pools]
    asked = [images[: config["scores"]["neighbours"]] for images in s.images]
    labels = np.repeat(np.arange(len(asked)), [len(images) for images in asked])
    samples = np.concatenate([np.arange(len(images)) for images in asked])
    queries = np.concatenate([*asked, *asked])  # both searches share one reading of the pool
    spans = [(starts[c], ends[c]) for c in labels] + [(0, ends[-1])] * len(labels)
    for name, search in (("nearest_l1", nearest_l1), ("nearest_ms_ssim", nearest_ms_ssim)):
        where, values = search(queries, pools, spans=spans)
        for i in np.lexsort((np.arange(len(queries)), np.tile(labels, 2))):
            label, owner = labels[i % len(labels)], int(np.searchsorted(ends, where[i], "right"))
            scope = "same_class" if i < len(labels) else "all_classes"
            yield (
                s.suite,
                s.model,
                s.class_ids[label],
                f"{name}_{scope}",
                queries.shape[1],
                int(samples[i % len(labels)]),
                float(values[i]),
                s.class_ids[owner],
                int(where[i] - starts[owner]),
            )
