"""The nearest training images of samples (section 4.5, Figure 8)."""

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
    """The nearest training image of the first samples of each row, in L1 and by MS-SSIM, within
    the class that they were to show and among the model's classes (section 4.5).
    """
    from acgan.metrics.neighbours import nearest_l1, nearest_ms_ssim

    index = {entry.id: entry for entry in packed.read_index(s.data)}
    pools = [packed.load_class(s.data, index[c]) for c in s.class_ids]
    ends = np.cumsum([len(p) for p in pools])
    starts = ends - [len(p) for p in pools]
    asked = [images[: config["scores"]["neighbours"]] for images in s.images]
    rows = np.repeat(np.arange(len(asked)), [len(images) for images in asked])
    samples = np.concatenate([np.arange(len(images)) for images in asked])
    # Both searches share one reading of the pool; where a row shows no class, there is one search.
    scopes = ["same_class", "all_classes"] if s.given == "class" else ["all_classes"]
    spans = {
        "same_class": [(starts[r], ends[r]) for r in rows if s.given == "class"],
        "all_classes": [(0, ends[-1])] * len(rows),
    }
    queries = np.concatenate([*asked] * len(scopes))
    where_to = [span for scope in scopes for span in spans[scope]]
    for name, search in (("nearest_l1", nearest_l1), ("nearest_ms_ssim", nearest_ms_ssim)):
        where, values = search(queries, pools, spans=where_to)
        for i in np.lexsort((np.arange(len(queries)), np.tile(rows, len(scopes)))):
            row, owner = rows[i % len(rows)], int(np.searchsorted(ends, where[i], "right"))
            yield (
                s.suite,
                s.model,
                s.row_ids[row],
                f"{name}_{scopes[i // len(rows)]}",
                queries.shape[1],
                int(samples[i % len(rows)]),
                float(values[i]),
                s.class_ids[owner],
                int(where[i] - starts[owner]),
            )
