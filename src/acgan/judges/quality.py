"""Whether a judge is good enough to be believed. Apart, since figures ask and need no torch."""

from acgan.judges.kind import Settings


def too_poor(name: str, settings: Settings, heldout: float) -> str | None:
    """What to say of a judge that names fewer of the held-out images rightly than its config asks
    for.
    """
    if heldout >= settings["least_accuracy"]:
        return None
    return (
        f"{name} is too poor a judge: it names {heldout:.1%} of the held-out images rightly, the "
        f"config asks for {settings['least_accuracy']:.1%} (least_accuracy)"
    )
