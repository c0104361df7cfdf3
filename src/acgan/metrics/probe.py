"""A linear probe: whether a straight cut through the latent space tells what a sample shows."""

import numpy as np

RIDGE, FOLDS = 0.01, 5  # of the variance of a direction; parts of the samples


def recalls(z: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Share of the samples of each label that the probe names rightly, (labels,): latents
    (N, dimensions), labels (N,) numbered from 0.

    The probe is Fisher's linear discriminant with equal priors: the label whose mean is nearest,
    measured by the covariance within labels. Each sample is named by a probe of the other parts.
    """
    count = int(labels.max()) + 1
    fold = np.empty(len(labels), int)
    for label in range(count):  # of every label the same share in each fold
        mine = rng.permutation(np.flatnonzero(labels == label))
        fold[mine] = np.arange(len(mine)) % FOLDS
    right = np.zeros(len(labels), bool)
    for part in range(FOLDS):
        seen, of = z[fold != part], labels[fold != part]
        means = np.stack([seen[of == label].mean(0) for label in range(count)])
        within = seen - means[of]
        covariance = within.T @ within / len(seen)
        covariance += RIDGE * np.diag(covariance).mean() * np.eye(z.shape[1])
        weights = np.linalg.solve(covariance, means.T)  # (dimensions, labels)
        scores = z[fold == part] @ weights - (means.T * weights).sum(0) / 2
        right[fold == part] = scores.argmax(1) == labels[fold == part]
    return np.bincount(labels, right) / np.bincount(labels)
