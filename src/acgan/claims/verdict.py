"""From a tested quantity to a verdict."""

import math

from acgan.claims.registry import About, Claim, Needs
from acgan.metrics.inference import Tested

OF_THESE = " (of these models)"
WORDS = ("supported", "contradicted", "inconclusive")


def verdict(about: About, tested: Tested) -> str:
    """One of WORDS, by where the whole interval lies; of an interval without ends, inconclusive."""
    low, high = tested.interval
    if math.isnan(low) or math.isnan(high):
        return "inconclusive"
    above = about.supported == "above"
    supported = low > about.threshold if above else high < about.threshold
    contradicted = high < about.contradicted_at if above else low > about.contradicted_at
    return "supported" if supported else "contradicted" if contradicted else "inconclusive"


def said(claim: Claim, found: Tested | Needs) -> str:
    """The verdict as it is printed."""
    if isinstance(found, Needs):
        return f"needs {found.said}"
    return verdict(claim.about, found) + (OF_THESE if found.of_these else "")
