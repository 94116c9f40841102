"""The pictures of one job as a film strip, each with what was done and how long it took.

    python3 strip.py STEPS.json OUT.png

`STEPS.json` lists [picture, caption] in their order. A process of its own, because it needs Pillow, which the Python of
the window's tests may not have.
"""
import json
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

TILE, COLUMNS, GAP, LINE = (640, 400), 3, 8, 22


def main(steps, out):
    frames = json.loads(Path(steps).read_text())
    n_rows = -(-len(frames) // COLUMNS)
    width = COLUMNS * (TILE[0] + GAP) + GAP
    strip = Image.new("RGB", (width, n_rows * (TILE[1] + LINE + GAP) + GAP), "white")
    draw = ImageDraw.Draw(strip)
    font = ImageFont.load_default(14)
    for i, (picture, caption) in enumerate(frames):
        x = GAP + i % COLUMNS * (TILE[0] + GAP)
        y = GAP + i // COLUMNS * (TILE[1] + LINE + GAP)
        draw.text((x, y), f"{i + 1}. {caption}", "black", font)
        strip.paste(Image.open(picture).resize(TILE, Image.Resampling.LANCZOS), (x, y + LINE))
    strip.save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
