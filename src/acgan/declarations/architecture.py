"""The numbers of Tables 1 and 2, apart from the nets so that checking a config does not load
torch (3 s).
"""

from typing import NamedTuple

# side: (start side, maps of the Linear row and of each transposed convolution but the last)
GENERATOR_MAPS = {
    128: (8, (768, 384, 256, 192)),
    64: (4, (768, 384, 256, 192)),
    32: (4, (384, 192, 96)),
    16: (2, (384, 192, 96)),
}
DISCRIMINATOR_MAPS = (16, 32, 64, 128, 256, 512)
DISCRIMINATOR_STRIDES = (2, 1, 2, 1, 2, 1)
SIDES = tuple(sorted(GENERATOR_MAPS))


class Architecture(NamedTuple):
    """A pair of nets, and the keys of a config's `nets` that each of the two reads."""

    sides: tuple[int, ...]
    generator: tuple[str, ...]
    discriminator: tuple[str, ...]
    labels: tuple[str, ...]  # how its D can be told the class
    discriminator_norms: tuple[str, ...] = ("batch", "spectral", "none")
    generator_norms: tuple[str, ...] = ("batch", "conditional")


ARCHITECTURES = {
    "paper": Architecture(
        SIDES,
        ("latent", "width", "linear_row"),
        (
            "width",
            "dropout",
            "leaky_slope",
            "activation_noise",
            "noise_layers",
            "layer_order",
            "discriminator_norm",
            "pooling",
        ),
        ("planes", "hidden", "projection"),
    ),
    # its discriminator has no batch norm
    "miyato": Architecture(
        (32, 128), ("latent", "width"), ("width",), ("projection",), ("spectral", "none")
    ),
    # weight norm and batch norm of its own
    "salimans": Architecture(
        (32,),
        ("latent", "width"),
        ("width", "dropout", "leaky_slope", "activation_noise"),
        (),
        ("batch",),
        ("batch",),
    ),
}
# Keys of `nets` that are no argument of a net, or of any.
OF_ALL_NETS = (
    "architecture",
    "latent_distribution",
    "init_sigma",
    "discriminator_norm",
    "generator_norm",
)


def scaled_maps(maps: int, width: float) -> int:
    """Feature maps under a width factor; width 1 is the paper's."""
    return max(1, round(maps * width))
