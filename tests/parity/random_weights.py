#!/usr/bin/env python3
"""Random weights for parity checks: torchvision's own initialisation, and BatchNorm layers that are not the identity.

    random_weights.py 34 resnet34.safetensors
"""
import sys

import torch
import torchvision
from safetensors.torch import save_file


def main():
    arch, path = sys.argv[1:]
    torch.manual_seed(0)
    model = getattr(torchvision.models, f"resnet{arch}")(weights=None)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.uniform_(module.bias, -0.1, 0.1)
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2.0)
    save_file(model.state_dict(), path)


if __name__ == "__main__":
    main()
