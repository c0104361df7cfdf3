"""Whether the latent tells what the judge sees in a sample (section 3: z says nothing of the
class).
"""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, has_judge
from acgan.io.rng import numpy_rng
from acgan.scores.base import Row, Scored, asked, metric, to_tensor

LEAST = 20  # samples of a label, below which it is left out


@metric(code=("metrics/probe.py", "samples/draw.py"), possible=has_judge)
def probe(config: Config, s: Scored) -> Iterator[Row]:
    """By the judge's label, where LEAST samples bear it: how many of them a linear probe names
    rightly from the latents alone; `subset` is how many there are. Chance is one part in as many as
    there are labels. Nothing where all samples bear one label.
    """
    import numpy as np

    from acgan.metrics.probe import recalls
    from acgan.samples import draw

    if s.spec is None:  # training images
        return
    judge = asked(s)
    z = [draw.latents(s.spec, "samples", i, len(rows)).numpy() for i, rows in enumerate(s.images)]
    named = [judge.probabilities(to_tensor(rows)).argmax(1).numpy() for rows in s.images]
    latents, labels = np.concatenate(z).astype(float), np.concatenate(named)
    kept, counts = np.unique(labels, return_counts=True)
    kept, counts = kept[counts >= LEAST], counts[counts >= LEAST]
    if len(kept) < 2:
        return
    mine = np.isin(labels, kept)
    found = recalls(latents[mine], np.searchsorted(kept, labels[mine]), numpy_rng(s.seed, "probe"))
    for label, count, value in zip(kept, counts, found, strict=True):
        about = s.suite, s.model, judge.class_ids[label]
        yield (*about, f"probe_recall_{judge.name}", s.images[0].shape[1], int(count), float(value))
