#!/usr/bin/env python3
"""Plants faults in a copy of an image folder, and says which of them `counterweight health` finds.

    planted_faults.py FOLDER PROGRAM [arguments of health, such as --weights resnet18.safetensors]

FOLDER is laid out as train/ val/ test/ with classes in each. Planted are ten exact copies, ten images saved again and five
crops, each into another part; twenty wrong labels; five blank images. Needs Pillow. The table of docs/leakage.md is made so.
"""

import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from PIL import Image

PARTS = ("train", "val", "test")


def plant(source, data):
    """Copies the folder and plants faults: what was planted, by kind."""
    shutil.copytree(source, data)
    rng = random.Random(3)
    files = sorted(path.relative_to(data).as_posix() for path in data.glob("*/*/*") if path.is_file())
    classes = sorted({name.split("/")[1] for name in files})
    chosen = rng.sample(files, 45)
    planted = {"duplicates": set(), "near_duplicates": set(), "labels": {}, "blank": set()}

    def elsewhere(name, prefix):
        part, label, file = name.split("/")
        other = rng.choice([p for p in PARTS if p != part])
        return f"{other}/{label}/{prefix}-{file}"

    for name in chosen[:10]:
        copy = elsewhere(name, "same")
        shutil.copy(data / name, data / copy)
        planted["duplicates"].add(frozenset((name, copy)))
    for name in chosen[10:20]:
        copy = elsewhere(name, "again")
        image = Image.open(data / name).convert("RGB")
        image.resize((image.width * 2 // 3, image.height * 2 // 3)).save(data / copy, quality=60)
        planted["near_duplicates"].add(frozenset((name, copy)))
    for name in chosen[20:25]:
        copy = elsewhere(name, "part")
        image = Image.open(data / name).convert("RGB")
        width, height = image.width * 85 // 100, image.height * 85 // 100
        left, top = rng.randint(0, image.width - width), rng.randint(0, image.height - height)
        image.crop((left, top, left + width, top + height)).save(data / copy, quality=90)
        planted["near_duplicates"].add(frozenset((name, copy)))
    for name in chosen[25:]:
        part, label, file = name.split("/")
        wrong = rng.choice([c for c in classes if c != label])
        (data / name).rename(data / part / wrong / f"wrong-{file}")
        planted["labels"][f"{part}/{wrong}/wrong-{file}"] = label
    for i in range(5):
        name = f"train/{classes[0]}/blank{i}.jpg"
        Image.new("RGB", (400, 400), (200 + 9 * i,) * 3).save(data / name)
        planted["blank"].add(name)
    return planted


def main():
    source, program, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        data = pathlib.Path(home) / "data"
        planted = plant(source, data)
        command = [program, "health", str(data), "--json", *arguments]
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    report = json.loads(run.stdout)
    found = {key: {frozenset(group) for group in report[key]} for key in ("duplicates", "near_duplicates")}
    found["labels"] = {issue["path"] for issue in report["label_issues"]}
    found["blank"] = {image["path"] for image in report["quality"] if image["kind"] == "low-information"}
    for kind, of_kind in planted.items():
        right = found[kind] & set(of_kind)
        precision, recall = len(right) / max(1, len(found[kind])), len(right) / len(of_kind)
        print(f"{kind:16} found {len(found[kind]):3}, right {len(right):2} of {len(of_kind):2}, "
              f"precision {precision:.0%}, recall {recall:.0%}")
    print(f"head, balanced accuracy out of fold: {report['head_balanced_accuracy']}")


if __name__ == "__main__":
    main()
