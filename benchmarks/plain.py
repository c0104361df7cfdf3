"""AC-GAN as public code trains it: the yardstick of benchmarks/training.py.

Eager float32, a DataLoader over uint8 arrays, textbook dropout and transposed convolutions, two
backward passes of D, and a generator step that computes D's gradients and throws them away.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from acgan.declarations.architecture import (
    DISCRIMINATOR_MAPS,
    DISCRIMINATOR_STRIDES,
    GENERATOR_MAPS,
    scaled_maps,
)


class Arrays(Dataset):
    """uint8 images, converted and normalised one by one."""

    def __init__(self, images: np.ndarray, labels: np.ndarray):
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        x = torch.from_numpy(self.images[i]).permute(2, 0, 1).contiguous().float().div(255)
        return (x - 0.5) / 0.5, int(self.labels[i])


class PlainGenerator(nn.Module):
    def __init__(self, side: int, classes: int, width: float):
        super().__init__()
        self.start, maps = GENERATOR_MAPS[side]
        self.maps = [scaled_maps(m, width) for m in maps]
        self.classes = classes
        self.linear = nn.Linear(100 + classes, self.maps[0] * self.start**2)
        layers: list[nn.Module] = []
        for i, o in zip(self.maps, [*self.maps[1:], 3], strict=True):
            layers.append(nn.ConvTranspose2d(i, o, 5, 2, 2, 1))
            layers += [nn.BatchNorm2d(o), nn.ReLU(True)] if o != 3 else [nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        x = F.relu(self.linear(torch.cat([z, F.one_hot(labels, self.classes).float()], 1)))
        return self.main(x.view(-1, self.maps[0], self.start, self.start))


class PlainDiscriminator(nn.Module):
    def __init__(self, side: int, classes: int, width: float, noise: float = 0.1):
        super().__init__()
        self.noise = noise
        maps = [scaled_maps(m, width) for m in DISCRIMINATOR_MAPS]
        layers: list[nn.Module] = []
        for i, o, stride in zip([3, *maps[:-1]], maps, DISCRIMINATOR_STRIDES, strict=True):
            layers.append(nn.Conv2d(i, o, 3, stride, 1))
            layers += [nn.BatchNorm2d(o)] if i != 3 else []
            layers += [nn.LeakyReLU(0.2, True), nn.Dropout(0.5)]
        self.main = nn.Sequential(*layers)
        self.linear = nn.Linear(maps[-1] * (side // 8) ** 2, classes + 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        outputs = self.linear(self.main(x + self.noise * torch.randn_like(x)).flatten(1))
        return outputs[:, 0], outputs[:, 1:]


def plain_step(
    side: int,
    width: float,
    classes: int,
    batch: int,
    images: np.ndarray,
    labels: np.ndarray,
    device: str,
) -> Callable[[], None]:
    """A function that takes one training step."""
    g = PlainGenerator(side, classes, width).to(device)
    d = PlainDiscriminator(side, classes, width).to(device)
    for parameter in (*g.parameters(), *d.parameters()):
        if parameter.ndim > 1:
            nn.init.normal_(parameter, 0, 0.02)
    g_adam = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
    d_adam = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
    workers = 4 if device != "cpu" else 0
    loader = DataLoader(
        Arrays(images, labels),
        batch,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        pin_memory=device != "cpu",
        persistent_workers=workers > 0,
    )

    def forever():
        while True:
            yield from loader

    batches, source = forever(), F.binary_cross_entropy_with_logits
    ones, zeros = torch.ones(batch, device=device), torch.zeros(batch, device=device)

    def step() -> None:
        real, real_labels = (t.to(device, non_blocking=True) for t in next(batches))
        d_adam.zero_grad()
        s, c = d(real)
        (source(s, ones) + F.cross_entropy(c, real_labels)).backward()
        z = torch.randn(batch, 100, device=device)
        fake_labels = torch.randint(classes, (batch,), device=device)
        fakes = g(z, fake_labels)
        s, c = d(fakes.detach())
        (source(s, zeros) + F.cross_entropy(c, fake_labels)).backward()
        d_adam.step()
        g_adam.zero_grad()
        s, c = d(fakes)
        (source(s, ones) + F.cross_entropy(c, fake_labels)).backward()
        g_adam.step()

    return step
