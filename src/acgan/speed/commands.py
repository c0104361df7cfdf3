"""Subcommand: measure the speed-ups of training on this device."""

import argparse

from acgan.config.reading import read_config
from acgan.io.command import CONFIG, command, path
from acgan.io.errors import UserError


@command(
    "speed",
    "measure on this device how fast each kind of model trains, by which speed-ups, and in how "
    "much memory: what training then takes, and `acgan plan` counts with",
    CONFIG,
    ("--device", {"default": "auto", "help": "cpu, cuda, cuda:1, ...; default: a GPU if there is"}),
    path("--out", "another file for what was measured, beside speed/<device>.json", default=None),
)
def speed(args: argparse.Namespace) -> None:
    import torch

    from acgan.io.files import write_json
    from acgan.speed import measure, record

    device = args.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise UserError(f"--device {device}: torch sees no GPU here")
    config = read_config(args.config)

    def say(line: str) -> None:
        print(line, flush=True)

    say(f"on {measure.device_kind(device)}")
    found = measure.measure(config, device, say)
    say(f"written to {record.keep(found)}")
    if args.out:
        write_json(args.out, found)
