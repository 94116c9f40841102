#!/usr/bin/env python3
"""notebook.py with the frozen backbone's features computed once, for many seeds and weightings in minutes.

With --batch-norm frozen the network in front of the head never changes, so an image's features are the same in every
epoch and every experiment. This computes them once with notebook.py's own network and transform, then runs notebook.py
itself, its image folder replaced by the features and its network by the head. Arguments are notebook.py's, and
--seeds 0,1,2 in place of --seed; --dump DIR writes to DIR-0, DIR-1, DIR-2.
"""
import sys
import types

import torch
import torchvision

import notebook


class Head(torch.nn.Module):
    """What is left of the network behind the features: the new linear layer, initialised by notebook.py."""

    def __init__(self, fc):
        super().__init__()
        self.fc = fc

    def forward(self, features):
        return self.fc(features)


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


def main():
    seeds = option("--seeds").split(",")
    at = sys.argv.index("--seeds")
    arguments = sys.argv[:at] + sys.argv[at + 2:]
    assert option("--batch-norm") == "frozen", "features are kept only where the batch does not change them"
    image_folder, build = torchvision.datasets.ImageFolder, notebook.build
    kept = {}

    def folder_of_features(root, transform):
        if not kept:
            images = image_folder(root, transform=transform)
            network = build("18", option("--weights18"), len(images.classes), torch.Generator())
            network.fc = torch.nn.Identity()
            network.eval()
            with torch.no_grad():
                loader = torch.utils.data.DataLoader(images, batch_size=126, num_workers=2)
                features = torch.cat([network(x) for x, _ in loader])
            kept.update(images=images, features=features)
        images = kept["images"]
        pairs = list(zip(kept["features"], images.targets))
        folder = types.SimpleNamespace(classes=images.classes, samples=images.samples)
        return type("Features", (), {"__len__": lambda s: len(pairs), "__getitem__": lambda s, i: pairs[i],
                                     **vars(folder)})()

    torchvision.datasets.ImageFolder = folder_of_features
    notebook.build = lambda *a: Head(build(*a).fc)
    dump = option("--dump")
    for seed in seeds:
        sys.argv = [*arguments, "--seed", seed]
        sys.argv[sys.argv.index("--dump") + 1] = f"{dump}-{seed}"
        notebook.main()


if __name__ == "__main__":
    main()
