"""Log-likelihood of images under a Parzen window on samples (Goodfellow et al. 2014, section 5).

A poor measure, and it says little of how samples look (Theis, van den Oord, Bethge 2016): in so
many
dimensions it falls short of the true likelihood by far, and a model that learnt means of clusters
by heart scores best. It is here because it was asked for, for systems on the same data.
"""

import math

import numpy as np

WIDTHS = np.exp(np.linspace(math.log(0.03), math.log(1.0), 12))  # of pixels in 0 to 1


def log_likelihood(samples: np.ndarray, images: np.ndarray, width: float) -> float:
    """Mean log-density in nats of images (M, D) under Gaussians of this width around samples
    (N, D), both in 0 to 1.
    """
    return float(by_image(squared_distances(images, samples), samples.shape[1], width).mean())


def squared_distances(images: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """(M, N), float64."""
    a, b = images.astype(np.float64), samples.astype(np.float64)
    found = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return np.maximum(found, 0)


def by_image(squares: np.ndarray, dimensions: int, width: float) -> np.ndarray:
    """Log-densities (M,) from squared distances (M, N)."""
    exponents = -squares / (2 * width**2)
    largest = exponents.max(1, keepdims=True)
    mixture = largest[:, 0] + np.log(np.exp(exponents - largest).mean(1))
    return mixture - dimensions / 2 * math.log(2 * math.pi * width**2)


def parzen(samples: np.ndarray, chosen_by: np.ndarray, images: np.ndarray) -> tuple[float, float]:
    """(log-likelihood of the images, width), where the width is that of WIDTHS by which the images
    `chosen_by` are likeliest.
    """
    squares, dimensions = squared_distances(chosen_by, samples), samples.shape[1]
    by_width = [by_image(squares, dimensions, w).mean() for w in WIDTHS]
    width = float(WIDTHS[int(np.argmax(by_width))])
    return log_likelihood(samples, images, width), width
