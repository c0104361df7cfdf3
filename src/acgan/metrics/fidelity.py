"""FID, KID, precision and recall: from features to numbers, all by torch-fidelity.

Features are float (N, dimensions) on the CPU. What is computed here is which numbers are compared;
how is torch-fidelity's own. Features are taken in float64, so that their order matters to the last
few digits only; KID's subsets are the rows that its fixed seed draws.
"""

from typing import Any

from torch import Tensor

from acgan.io.vision import import_torchvision

NEIGHBOURHOOD = 3  # nearest neighbours: Kynkaanniemi et al. 2019
KID_SUBSETS, KID_SUBSET_SIZE = 100, 1000  # Binkowski et al. 2018, torch-fidelity's defaults
KID_SEED = 2020


def library(metric: str) -> Any:
    """torch-fidelity's module of a metric; it imports torchvision, which may need help."""
    from importlib import import_module

    import_torchvision()
    return import_module(f"torch_fidelity.metric_{metric}")


def frechet_distance(samples: Tensor, real: Tensor) -> float:
    """Frechet distance between Gaussians fitted to both (Heusel et al. 2017).

    It is FID if the features are the 2048 of the 2015 Inception graph. Biased upwards with few
    images, so the counts belong to its name.
    """
    fid = library("fid")
    statistics = [fid.fid_features_to_statistics(f.double()) for f in (samples, real)]
    return fid.fid_statistics_to_metric(*statistics, verbose=False)[fid.KEY_METRIC_FID]


def kid_subset_size(samples: int, real: int) -> int:
    """1000, or half of the fewer images where there are less than 2000: subsets shall differ."""
    return min(KID_SUBSET_SIZE, samples // 2, real // 2)


def kernel_distance(samples: Tensor, real: Tensor) -> tuple[float, float]:
    """Mean and standard deviation over subsets of the squared MMD under the cubic kernel
    (Binkowski et al. 2018): KID if the features are the 2015 graph's.
    """
    kid = library("kid")
    found = kid.kid_features_to_metric(
        samples.double(),
        real.double(),
        kid_subsets=KID_SUBSETS,
        rng_seed=KID_SEED,
        kid_subset_size=kid_subset_size(len(samples), len(real)),
        verbose=False,
    )
    return found[kid.KEY_METRIC_KID_MEAN], found[kid.KEY_METRIC_KID_STD]


def precision_recall(samples: Tensor, real: Tensor) -> tuple[float, float]:
    """Shares of samples within the real images' neighbourhoods, and the reverse
    (Kynkaanniemi et al. 2019), both over 3 nearest neighbours.
    """
    prc = library("prc")
    found = prc.prc_features_to_metric(
        samples.double(),
        real.double(),
        prc_neighborhood=NEIGHBOURHOOD,
        prc_batch_size=1000,
        save_cpu_ram=True,
        verbose=False,
    )
    return found[prc.KEY_METRIC_PRECISION], found[prc.KEY_METRIC_RECALL]
