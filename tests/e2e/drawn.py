"""Image folders that are drawn here, so that a job can be walked on any machine: a form in a colour is a class."""
import colorsys
import random

from hands import png_of_rgb

SIDE = 64
HUES = "red orange lime green mint cyan azure blue violet pink".split()


def shapes(path, counts):
    """A class for each number of images, in the order of their names, which are given. Hues beside each other differ little."""
    chance = random.Random(7)
    kinds = sorted((f"{hue} {form}", FORMS[form], i / len(HUES)) for form in FORMS for i, hue in enumerate(HUES))
    for (name, form, hue), n in zip(kinds, counts):
        draw_class(path / name, form, hue, n, chance)
    return [name for name, _, _ in kinds[: len(counts)]]


def by_folders(path, names, counts):
    """`train`, `val` and `test`, each with a folder a class; `counts` by part, in the order of the names."""
    chance = random.Random(11)
    for part, of_part in counts.items():
        for i, (name, n) in enumerate(zip(names, of_part)):
            # So close to each other that some are taken for others.
            draw_class(path / part / name, FORMS["disc"], 0.03 * i, n, chance)


def draw_class(folder, form, hue, n_images, chance):
    folder.mkdir(parents=True)
    for i in range(n_images):
        (folder / f"{i:04}.png").write_bytes(draw(form, hue, chance))


def draw(form, hue, chance):
    """A form of one colour on grey, somewhere, somewhat larger or smaller, its hue and brightness off by a little."""
    hue = (hue + chance.gauss(0, 0.03)) % 1
    ink = bytes(int(255 * c) for c in colorsys.hsv_to_rgb(hue, chance.uniform(0.5, 1), chance.uniform(0.5, 1)))
    radius = chance.uniform(14, 26)
    x, y = (chance.uniform(radius, SIDE - radius) for _ in range(2))
    rows = []
    for row in range(SIDE):
        grey = bytes([chance.randrange(100, 140)]) * 3
        line = bytearray(grey * SIDE)
        height = (row - y) / radius
        for left, right in form(height) if abs(height) <= 1 else []:
            first, last = (min(max(int(x + radius * side), 0), SIDE) for side in (left, right))
            line[3 * first : 3 * last] = ink * (last - first)
        rows.append(bytes(line))
    return png_of_rgb(SIDE, SIDE, b"".join(rows))


def ring(height):
    outer = (1 - height**2) ** 0.5
    inner = max(0.36 - height**2, 0) ** 0.5
    return [(-outer, -inner), (inner, outer)]


# What a form covers of each height from -1 to 1, as spans from left to right.
FORMS = {
    "bar": lambda h: [(-1, 1)] if abs(h) < 0.4 else [],
    "cross": lambda h: [(-1, 1)] if abs(h) < 0.3 else [(-0.3, 0.3)],
    "diamond": lambda h: [(abs(h) - 1, 1 - abs(h))],
    "disc": lambda h: [(-((1 - h**2) ** 0.5), (1 - h**2) ** 0.5)],
    "frame": lambda h: [(-1, 1)] if abs(h) > 0.7 else [(-1, -0.7), (0.7, 1)],
    "hourglass": lambda h: [(-abs(h), abs(h))],
    "pair": lambda h: [(-1, -0.4), (0.4, 1)],
    "ring": ring,
    "square": lambda h: [(-1, 1)],
    "triangle": lambda h: [(-(h + 1) / 2, (h + 1) / 2)],
}
