"""How often the judge names images rightly, by class and resolution (section 4.1, Figure 2)."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, names_its_classes
from acgan.data.class_names import as_class
from acgan.scores.base import Row, Scored, asked, metric, to_tensor


@metric(settings=("subsets",), code=("metrics/accuracy.py",), possible=names_its_classes)
def accuracy(config: Config, s: Scored) -> Iterator[Row]:
    """By class, resolution and subset (Figure 2).

    In as many subsets as the smallest class can be cut into, where it has fewer images than
    `scores.subsets`.
    """
    from acgan.metrics.accuracy import right_answers, subset_means

    judge, wanted = asked(s), config["scores"]["subsets"]
    subsets = min(wanted, *map(len, s.images))
    if subsets < wanted:
        print(f"{s.suite}: {subsets} subsets, not {wanted}: the smallest class has no more images")
    for class_id, images in zip(s.class_ids, s.images, strict=True):
        output = judge.class_ids.index(as_class(class_id))
        for side in s.accuracy_sides:
            right = right_answers(to_tensor(images), output, side, judge.probabilities)
            for subset, value in enumerate(subset_means(right, subsets)):
                yield (
                    s.suite,
                    s.model,
                    class_id,
                    f"accuracy_{judge.name}",
                    side,
                    subset,
                    float(value),
                )
