"""FID of each class, or what another judge gives in its place: samples that were to show a class
against training images of that class.

Where samples are of the wrong class, or of one kind alone, this says so, though FID of all may not
(Miyato, Koyama 2018).
"""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, given, has_feature_distances
from acgan.scores.base import Row, Scored, asked, drawn_for, metric, thousands


@metric(
    settings=("select", "report"),
    code=("metrics/fidelity.py", "scores/feature_distances.py"),
    possible=lambda config, suite: (
        has_feature_distances(config, suite) and given(config, suite) == "class"
    ),
    real_features=True,
)
def class_distances(config: Config, s: Scored) -> Iterator[Row]:
    """The Frechet distance of each class's reported samples; biased upwards with few images, so
    that the counts belong to its name. None for a class with one image.
    """
    from acgan.judges import distance_names
    from acgan.metrics import fidelity
    from acgan.scores.feature_distances import features_of_real

    by, side = asked(s), s.images[0].shape[1]
    assert by.features is not None
    own = by.features(drawn_for(config, s, "report")).chunk(len(s.class_ids))
    frechet, _, judge = distance_names(by)
    for class_id, samples, real in zip(s.class_ids, own, features_of_real(s), strict=True):
        if min(len(samples), len(real)) < 2:
            continue
        name = f"intra_{frechet}_{judge}_{thousands(len(samples))}_per_class_train"
        yield s.suite, s.model, class_id, name, side, "", fidelity.frechet_distance(samples, real)
