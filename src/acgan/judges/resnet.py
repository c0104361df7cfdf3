"""The residual nets for small images of He et al. 2015, section 4.2: 6n + 2 layers, identity
shortcuts that halve the image by skipping pixels and pad the new maps with zeros (option A).
"""

from torch import Tensor, nn
from torch.nn import functional as F

DEPTHS = {"resnet20": 3, "resnet56": 9}  # blocks per stage


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut without parameters."""

    def __init__(self, inputs: int, maps: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, maps, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(maps)
        self.conv2 = nn.Conv2d(maps, maps, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(maps)
        self.stride, self.new_maps = stride, maps - inputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.new_maps:
            half = self.new_maps // 2
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, half))
        return F.relu(x + y)


def stage(blocks: int, inputs: int, maps: int) -> nn.Sequential:
    """Blocks of one width; the first halves the image where the width changes."""
    first = Block(inputs, maps, 1 if inputs == maps else 2)
    return nn.Sequential(first, *(Block(maps, maps, 1) for _ in range(blocks - 1)))


class ResNet(nn.Module):
    """float32 (N, 3, 32, 32) -> logits (N, classes)."""

    def __init__(self, blocks: int, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = stage(blocks, 16, 16)
        self.layer2 = stage(blocks, 16, 32)
        self.layer3 = stage(blocks, 32, 64)
        self.linear = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))
