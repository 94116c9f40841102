"""Grad-CAM by PyTorch's autograd, for tests/golden.rs: Selvaraju et al. 2017, equations 1 and 2, as they stand there.

    python grad_cam.py --weights golden.safetensors --head tests/golden/frozen/experiment0.safetensors --out tests/golden/grad-cam.json IMAGE...

The images are shown to a ResNet-18 at 160 x 160 (torchvision's Resize, ImageNet's mean and deviation), so that the last
map has 5 x 5 places.
"""
import argparse
import json
import pathlib

import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file
from torchvision import transforms

SIDE = 160


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--weights", required=True)
    a.add_argument("--head", required=True)
    a.add_argument("--out", required=True)
    a.add_argument("images", nargs="+")
    o = a.parse_args()
    head = load_file(o.head)
    n_classes = head["head0.weight"].shape[0]
    model = torchvision.models.resnet18(weights=None)
    state = load_file(o.weights)
    model.fc = torch.nn.Linear(512, n_classes)
    model.load_state_dict({**state, "fc.weight": head["head0.weight"], "fc.bias": head["head0.bias"]})
    model.eval()
    kept = {}
    model.layer4.register_forward_hook(lambda module, inputs, output: kept.update(map=output))
    look = transforms.Compose([
        transforms.Resize((SIDE, SIDE)), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    found = []
    for path in o.images:
        pixels = look(Image.open(path).convert("RGB")).unsqueeze(0)
        logits = model(pixels)
        for class_idx in range(n_classes):
            gradient, = torch.autograd.grad(logits[0, class_idx], kept["map"], retain_graph=True)
            weights = gradient.mean(dim=(2, 3), keepdim=True)
            cam = torch.relu((weights * kept["map"]).sum(dim=1))[0]
            found.append({"image": "/".join(pathlib.Path(path).parts[-2:]), "class_idx": class_idx,
                          "map": cam.detach().flatten().tolist()})
    pathlib.Path(o.out).write_text(json.dumps({"side": SIDE, "maps": found}) + "\n")


if __name__ == "__main__":
    main()
