"""Codes and classes: which value of a code stands for which class, and how much one tells of the
other.
"""

import numpy as np


def matched(counts: np.ndarray) -> list[int]:
    """The class of each value of a code, no class twice, so that of counts (values, classes) the
    most lie on the matching (the Hungarian method).
    """
    from scipy.optimize import linear_sum_assignment

    _, classes = linear_sum_assignment(counts, maximize=True)
    return [int(c) for c in classes]


def information(counts: np.ndarray) -> float:
    """Mutual information of rows and columns of counts, in nats; 0 of nothing."""
    total = counts.sum()
    if not total:
        return 0.0
    joint = counts / total
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    seen = joint > 0
    return float((joint[seen] * np.log(joint[seen] / apart[seen])).sum())
