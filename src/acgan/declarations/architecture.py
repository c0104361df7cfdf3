"""The numbers of Tables 1 and 2, apart from the nets so that checking a config does not load
torch (3 s).
"""

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


def scaled_maps(maps: int, width: float) -> int:
    """Feature maps under a width factor; width 1 is the paper's."""
    return max(1, round(maps * width))
