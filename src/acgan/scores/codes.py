"""What the values of a generator's code have come to mean, where nobody said what they shall."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, given, names_classes
from acgan.data.class_names import as_class
from acgan.scores.base import Row, Scored, asked, metric, to_tensor


@metric(
    code=("metrics/codes.py",),
    possible=lambda config, suite: names_classes(config, suite) and given(config, suite) == "code",
)
def codes(config: Config, s: Scored) -> Iterator[Row]:
    """How often the judge names samples of a value of the code as the class that the value is
    matched to, by class; and the mutual information of code and judge's label, in nats.

    The matching is the best on the even samples of each value, one class to one value; the accuracy
    is of the odd ones.
    """
    import numpy as np

    from acgan.metrics.codes import information, matched

    if s.given != "code":
        return
    judge, side = asked(s), s.images[0].shape[1]
    outputs = [judge.class_ids.index(as_class(c)) for c in s.class_ids]
    named = [judge.probabilities(to_tensor(images)).argmax(1).numpy() for images in s.images]
    # (codes, classes): how many samples of a value the judge takes for a class of the model
    first, second, both = (
        np.array([[np.count_nonzero(row[part] == o) for o in outputs] for row in named])
        for part in (slice(0, None, 2), slice(1, None, 2), slice(None))
    )
    for code, label in enumerate(matched(first)):
        right = second[code, label] / len(named[code][1::2])
        name = f"code_accuracy_{judge.name}"
        yield s.suite, s.model, s.class_ids[label], name, side, code, float(right)
    yield s.suite, s.model, "", f"code_information_{judge.name}", side, "", information(both)
