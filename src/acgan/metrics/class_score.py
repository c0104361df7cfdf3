"""exp of the mean KL divergence between p(y|x) and p(y): the Inception Score's formula, for any
judge.

Salimans et al. 2016, the code of openai/improved-gan: mean over groups of the score of each group.
Only with the 2015 Inception graph is the result an Inception Score; tables name the judge.
"""

import numpy as np


def class_score(probabilities: np.ndarray) -> float:
    """Score of one group from class probabilities (N, outputs).

    Between 1 and the number of outputs.

    A probability of 0 contributes 0, its limit, so that a sure judge does not make the score
    infinite or NaN.
    """
    p = probabilities.astype(np.float64)
    marginal = p.mean(0)
    ratio = np.divide(p, marginal, out=np.ones_like(p), where=(p > 0) & (marginal > 0))
    return float(np.exp((p * np.log(ratio)).sum(1).mean()))


def class_scores(probabilities: np.ndarray, groups: int, rng: np.random.Generator) -> np.ndarray:
    """Scores (groups,) of random, disjoint, equal groups."""
    order = rng.permutation(len(probabilities))
    size = len(order) // groups
    return np.array(
        [class_score(probabilities[order[g * size : (g + 1) * size]]) for g in range(groups)]
    )
