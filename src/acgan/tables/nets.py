"""The nets as built (Tables 1 and 2)."""

from typing import Any

import pandas as pd

from acgan.config.resolve import models, spec
from acgan.tables.registry import Asked, table

LAYER_COLUMNS = ("operation", "kernel", "stride", "maps", "batch_norm", "dropout", "nonlinearity")


@table(
    settings=lambda config, suite: config["suites"][suite]["nets"],
    code=("nets/generator.py", "nets/discriminator.py", "declarations/architecture.py"),
)
def layers(asked: Asked) -> pd.DataFrame:
    """The nets of the suite's first model, row by row, with the parameter count of each."""
    from acgan.nets.layers import parameter_count
    from acgan.systems.build import build_discriminator, build_generator

    suite = str(asked.suite)
    one = spec(asked.config, suite, models(asked.config, suite)[0].id)
    generator, discriminator = build_generator(one), build_discriminator(one)
    is_papers = one["nets"]["architecture"] == "paper"
    rows: list[dict[str, Any]] = []
    for name, net, described in (
        ("G", generator, generator_rows(generator) if is_papers else layer_rows(generator)),
        (
            "D",
            discriminator,
            discriminator_rows(discriminator, one["nets"])
            if is_papers
            else layer_rows(discriminator),
        ),
    ):
        about = {"suite": suite, "side": one["side"], "net": name}
        about["parameters"] = parameter_count(net)
        rows += [about | dict(zip(LAYER_COLUMNS, row, strict=True)) for row in described]
    return pd.DataFrame(rows)


def layer_rows(net: Any) -> list[tuple[Any, ...]]:
    """Of nets that are not the paper's: their convolutions and Linear layers, as they were made."""
    rows: list[tuple[Any, ...]] = []
    for layer in net.modules():
        if hasattr(layer, "kernel_size"):
            kind = "Transposed convolution" if layer.transposed else "Convolution"
            about = by(layer.kernel_size), by(layer.stride), layer.out_channels
            rows.append((kind, *about, False, 0.0, ""))
        elif hasattr(layer, "out_features"):
            rows.append(("Linear", "", "", layer.out_features, False, 0.0, ""))
    return rows


def generator_rows(net: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [("Linear", "", "", net.start_maps, False, 0.0, "ReLU")]
    for i, conv in enumerate(net.convs):
        last = i == len(net.norms)
        rows.append(
            (
                "Transposed convolution",
                by(conv.kernel_size),
                by(conv.stride),
                conv.out_channels,
                not last,
                0.0,
                "Tanh" if last else "ReLU",
            )
        )
    return rows


def discriminator_rows(net: Any, settings: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (
            "Convolution",
            by(conv.kernel_size),
            by(conv.stride),
            conv.out_channels,
            i > 0,
            settings["dropout"],
            "Leaky ReLU",
        )
        for i, conv in enumerate(net.convs)
    ]
    return [*rows, ("Linear", "", "", net.linear.out_features, False, 0.0, "Soft-Sigmoid")]


def by(sizes: tuple[int, int]) -> str:
    return f"{sizes[0]}x{sizes[1]}"
