"""Odd images, drawn here, as our program and as Pillow (with torchvision's transform) see them.

    odd_images.py --pixels target/debug/examples/pixels [--program target/debug/counterweight --weights squeezenet.pth]
                  [--work DIR] [--table docs/odd-images.md]

Draws some 300 files of every format, mode, interlacing, subsampling and contradiction that Pillow reads, and compares
levels as decoded and as resized. With a program and weights of SqueezeNet it trains a head on noise and compares
probabilities, too. `--table` puts what was found between the two marks of that file.
"""
import argparse
import io
import json
import os
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageFilter
from torchvision.transforms import Resize

import small_jpeg

SIDE = 64
SIZES = [(61, 43), (1, 1), (1, 37), (64, 1), (33, 300)]
BEGIN, END = "<!-- drawn images: begin -->", "<!-- drawn images: end -->"


def noise(width, height, channels, seed=0, smooth=0.0):
    image = np.random.default_rng(seed + width * 1000 + height).integers(0, 256, (height, width, channels), np.uint8)
    if smooth:
        picture = Image.fromarray(image if channels > 1 else image[..., 0]).filter(ImageFilter.GaussianBlur(smooth))
        image = np.asarray(picture).reshape(height, width, channels)
        low, high = int(image.min()), int(image.max())
        image = ((image.astype(int) - low) * 255 // max(1, high - low)).astype(np.uint8)
    return image


def photo(width, height, channels=3):
    """Soft shapes, as photographs have them."""
    return noise(width, height, channels, 7, 2.0)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, depth, colour, samples, interlaced=False, extra=b""):
    """`samples`: [height, width, n], in 8 or 16 bits."""
    rows = samples.astype(">u2" if depth == 16 else "u1")
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x, y, dx, dy in passes:
        part = rows[y::dy, x::dx]
        if part.shape[0] and part.shape[1]:
            data += b"".join(b"\0" + row.tobytes() for row in part)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def tiff(pixels, tags, order="<"):
    """One strip, uncompressed; `tags`: (tag, type, values)."""
    height, width, n = pixels.shape
    bits = pixels.dtype.itemsize * 8
    base = [(256, 3, [width]), (257, 3, [height]), (258, 3, [bits] * n), (259, 3, [1]), (277, 3, [n]), (278, 3, [height]), (279, 4, [pixels.nbytes])]
    given = {tag for tag, _, _ in tags}
    all_tags = [entry for entry in base if entry[0] not in given] + tags
    at = 8 + 2 + 12 * (len(all_tags) + 1) + 4
    entries, tail = [], b""
    layout = {1: "B", 3: "H", 4: "I"}
    offset_of_tail = at

    def packed(kind, values):
        nonlocal tail
        raw = struct.pack(order + layout[kind] * len(values), *values)
        if len(raw) <= 4:
            return raw.ljust(4, b"\0")
        where = struct.pack(order + "I", offset_of_tail + len(tail))
        tail += raw + b"\0" * (len(raw) % 2)
        return where

    written = [(tag, kind, len(values), packed(kind, values)) for tag, kind, values in all_tags]
    written.append((273, 4, 1, struct.pack(order + "I", offset_of_tail + len(tail))))
    for tag, kind, count, word in sorted(written):
        entries.append(struct.pack(order + "HHI", tag, kind, count) + word)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    return mark + struct.pack(order + "IH", 8, len(entries)) + b"".join(entries) + bytes(4) + tail + data


def exif(orientation):
    tags = Image.Exif()
    tags[274] = orientation
    return tags


def kinds():
    """Name of the kind, ending, and what draws it at a size; `None` where it cannot be."""
    rgb = lambda w, h: Image.fromarray(noise(w, h, 3))
    grey = lambda w, h: Image.fromarray(noise(w, h, 1)[..., 0])
    rgba = lambda w, h: Image.fromarray(noise(w, h, 4))
    la = lambda w, h: Image.merge("LA", (grey(w, h), Image.fromarray(noise(w, h, 1, 3)[..., 0])))
    deep = lambda w, h: np.random.default_rng(w + h).integers(0, 1200, (h, w, 1)).astype(np.uint16)
    palette = lambda w, h: rgb(w, h).quantize(37)
    bits = lambda w, h: grey(w, h).point(lambda v: 255 * (v > 120)).convert("1")
    soft = lambda w, h: Image.fromarray(photo(w, h))

    yield "PNG L", "png", lambda w, h: saved(grey(w, h), "PNG")
    yield "PNG LA", "png", lambda w, h: saved(la(w, h), "PNG")
    yield "PNG RGB", "png", lambda w, h: saved(rgb(w, h), "PNG")
    yield "PNG RGBA", "png", lambda w, h: saved(rgba(w, h), "PNG")
    yield "PNG P", "png", lambda w, h: saved(palette(w, h), "PNG")
    yield "PNG P, transparent entry", "png", lambda w, h: saved(palette(w, h), "PNG", transparency=3)
    yield "PNG P, alpha of each entry", "png", lambda w, h: saved(palette(w, h), "PNG", transparency=bytes(range(0, 222, 6)))
    yield "PNG P of 4 bits", "png", lambda w, h: saved(rgb(w, h).quantize(11), "PNG", bits=4)
    yield "PNG 1", "png", lambda w, h: saved(bits(w, h), "PNG")
    yield "PNG I;16", "png", lambda w, h: png(w, h, 16, 0, deep(w, h))
    yield "PNG LA of 16 bits", "png", lambda w, h: png(w, h, 16, 4, np.dstack([deep(w, h) * 50, deep(w, h)]))
    yield "PNG RGB of 16 bits", "png", lambda w, h: png(w, h, 16, 2, noise(w, h, 3).astype(int) * 257 - 100 * (noise(w, h, 3) > 9))
    yield "PNG RGB, interlaced", "png", lambda w, h: png(w, h, 8, 2, noise(w, h, 3), True)
    yield "PNG RGBA, interlaced", "png", lambda w, h: png(w, h, 8, 6, noise(w, h, 4), True)
    yield "PNG RGB, transparent colour", "png", lambda w, h: saved(rgb(w, h), "PNG", transparency=tuple(int(v) for v in noise(w, h, 3)[0, 0]))
    yield "PNG I;16, transparent level", "png", lambda w, h: png(w, h, 16, 0, deep(w, h), extra=chunk(b"tRNS", struct.pack(">H", int(deep(w, h)[0, 0, 0]))))
    yield "PNG turned by EXIF", "png", lambda w, h: saved(rgb(w, h), "PNG", exif=exif(6))
    yield "PNG animated", "png", lambda w, h: saved(rgb(w, h), "PNG", save_all=True, append_images=[rgb(w, h).point(lambda v: 255 - v)])

    yield "JPEG L", "jpg", lambda w, h: saved(soft(w, h).convert("L"), "JPEG", quality=90)
    for text, subsampling in (("4:4:4", 0), ("4:2:2", 1), ("4:2:0", 2)):
        yield f"JPEG {text}", "jpg", lambda w, h, s=subsampling: saved(soft(w, h), "JPEG", quality=90, subsampling=s)
        yield f"JPEG {text}, progressive", "jpg", lambda w, h, s=subsampling: saved(soft(w, h), "JPEG", quality=90, subsampling=s, progressive=True)
    yield "JPEG 4:2:0 of noise, quality 30", "jpg", lambda w, h: saved(rgb(w, h), "JPEG", quality=30)
    yield "JPEG with restarts", "jpg", lambda w, h: saved(soft(w, h), "JPEG", quality=90, restart_marker_blocks=2)
    yield "JPEG turned by EXIF", "jpg", lambda w, h: saved(soft(w, h), "JPEG", quality=90, exif=exif(8))
    yield "JPEG CMYK by Pillow", "jpg", lambda w, h: saved(soft(w, h).convert("CMYK"), "JPEG", quality=90)
    yield "JPEG CMYK by Pillow, progressive", "jpg", lambda w, h: saved(soft(w, h).convert("CMYK"), "JPEG", quality=90, progressive=True)

    def jpeg(n, factors=None, ids=None, markers=b""):
        ids = ids or list(range(1, n + 1))
        factors = factors or [(1, 1)] * n
        return lambda w, h: small_jpeg.encode(list(photo(w, h, 4)[..., :n].transpose(2, 0, 1)), factors, ids, markers)

    for text, factors in (("4:1:1", (4, 1)), ("4:4:0", (1, 2)), ("4:1:0", (4, 2)), ("of rows in fours", (1, 4))):
        yield f"JPEG {text}", "jpg", jpeg(3, [factors, (1, 1), (1, 1)], markers=small_jpeg.jfif())
    yield "JPEG with colours of unlike sides", "jpg", jpeg(3, [(2, 2), (2, 1), (1, 2)], markers=small_jpeg.jfif())
    marks = {"": b"", "JFIF": small_jpeg.jfif(), "Adobe 0": small_jpeg.adobe(0), "Adobe 1": small_jpeg.adobe(1), "Adobe 2": small_jpeg.adobe(2)}
    marks["Adobe 7"] = small_jpeg.adobe(7)
    marks["JFIF, Adobe 0"] = marks["JFIF"] + marks["Adobe 0"]
    marks["Adobe 0, JFIF"] = marks["Adobe 0"] + marks["JFIF"]
    marks["JFIF, Adobe 2"] = marks["JFIF"] + marks["Adobe 2"]
    names = {"1 2 3": [1, 2, 3], "R G B": [82, 71, 66], "r g b": [114, 103, 98], "0 1 2": [0, 1, 2], "1 34 35": [1, 34, 35]}
    for named, ids in names.items():
        for marked, markers in marks.items():
            # Not all of 45; those that contradict themselves, and those that say nothing.
            if named in ("1 2 3", "R G B") or marked in ("", "Adobe 0"):
                yield f"JPEG {named}, {marked or 'no marker'}", "jpg", jpeg(3, ids=ids, markers=markers)
    for marked, markers in marks.items():
        yield f"JPEG of four, {marked or 'no marker'}", "jpg", jpeg(4, markers=markers)
    yield "JPEG of four, Adobe 2, 4:2:0", "jpg", jpeg(4, [(2, 2), (1, 1), (1, 1), (2, 2)], markers=marks["Adobe 2"])
    yield "JPEG grey, Adobe 0", "jpg", jpeg(1, markers=marks["Adobe 0"])
    yield "JPEG grey of 2 x 2 blocks", "jpg", jpeg(1, [(2, 2)], markers=marks["JFIF"])

    for name, image in (("L", grey), ("LA", la), ("RGB", rgb), ("RGBA", rgba), ("P", palette), ("1", bits)):
        yield f"TIFF {name}", "tif", lambda w, h, i=image: saved(i(w, h), "TIFF")
    yield "TIFF CMYK", "tif", lambda w, h: saved(rgb(w, h).convert("CMYK"), "TIFF")
    yield "TIFF I;16", "tif", lambda w, h: tiff(deep(w, h), [(262, 3, [1])])
    yield "TIFF I;16B", "tif", lambda w, h: tiff(deep(w, h), [(262, 3, [1])], ">")
    yield "TIFF RGB of 16 bits", "tif", lambda w, h: tiff(noise(w, h, 3).astype(np.uint16) * 256 + 77, [(262, 3, [2])])
    yield "TIFF I", "tif", lambda w, h: saved(Image.fromarray(deep(w, h)[..., 0].astype(np.int32) - 300), "TIFF")
    yield "TIFF F", "tif", lambda w, h: saved(Image.fromarray(deep(w, h)[..., 0].astype(np.float32) / 3 - 20), "TIFF")
    yield "TIFF grey, white is 0", "tif", lambda w, h: tiff(noise(w, h, 1), [(262, 3, [0])])
    yield "TIFF RGBA, associated alpha", "tif", lambda w, h: tiff(noise(w, h, 4), [(262, 3, [2]), (338, 3, [1])])
    yield "TIFF RGB and something", "tif", lambda w, h: tiff(noise(w, h, 4), [(262, 3, [2]), (338, 3, [0])])
    for way in range(2, 9):
        yield f"TIFF turned {way}", "tif", lambda w, h, way=way: tiff(noise(w, h, 3), [(262, 3, [2]), (274, 3, [way])])
    yield "TIFF FillOrder 2", "tif", lambda w, h: tiff(noise(w, h, 3), [(262, 3, [2]), (266, 3, [2])])
    for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"):
        yield f"TIFF RGB by {name}", "tif", lambda w, h, name=name: saved(soft(w, h), "TIFF", compression=name)
    for name in ("group3", "group4"):
        yield f"TIFF 1 by {name}", "tif", lambda w, h, name=name: saved(bits(w, h), "TIFF", compression=name)
    yield "TIFF RGB by LZW with a predictor", "tif", lambda w, h: saved(rgb(w, h), "TIFF", compression="tiff_lzw", tiffinfo={317: 2})
    yield "TIFF of two pages", "tif", lambda w, h: saved(rgb(w, h), "TIFF", save_all=True, append_images=[grey(w, h)])
    yield "BigTIFF", "tif", lambda w, h: saved(rgb(w, h), "TIFF", big_tiff=True)

    yield "GIF P", "gif", lambda w, h: saved(palette(w, h), "GIF")
    yield "GIF L, interlaced", "gif", lambda w, h: saved(grey(w, h), "GIF", interlace=1)
    yield "GIF P, transparent entry", "gif", lambda w, h: saved(palette(w, h), "GIF", transparency=5)
    yield "GIF animated", "gif", lambda w, h: saved(palette(w, h), "GIF", save_all=True, append_images=[palette(w, h).rotate(180)])
    yield "WebP RGB, lossless", "webp", lambda w, h: saved(rgb(w, h), "WEBP", lossless=True)
    yield "WebP RGBA, lossless", "webp", lambda w, h: saved(rgba(w, h), "WEBP", lossless=True, exact=True)
    yield "WebP RGB, lossy", "webp", lambda w, h: saved(soft(w, h), "WEBP", quality=70)
    yield "WebP RGBA, lossy", "webp", lambda w, h: saved(Image.fromarray(np.dstack([photo(w, h), noise(w, h, 1)])), "WEBP", quality=70)
    yield "WebP turned by EXIF", "webp", lambda w, h: saved(rgb(w, h), "WEBP", lossless=True, exif=exif(3))
    yield "WebP animated", "webp", lambda w, h: saved(rgb(w, h), "WEBP", lossless=True, save_all=True, append_images=[rgb(w, h).rotate(180)])

    for name, image in (("L", grey), ("RGB", rgb), ("RGBA", rgba), ("P", palette), ("1", bits)):
        yield f"BMP {name}", "bmp", lambda w, h, i=image: saved(i(w, h), "BMP")

    def bmp(w, h, depth, body, height=None, masks=b"", kind=0):
        at = 14 + 40 + len(masks)
        head = struct.pack("<IiiHHIIiiII", 40, w, height or h, 1, depth, kind, len(body), 0, 0, 0, 0)
        return b"BM" + struct.pack("<IHHI", at + len(body), 0, 0, at) + head + masks + body

    def rows(samples, pad=4):
        return b"".join(row.tobytes() + b"\0" * (-row.nbytes % pad) for row in samples)

    yield "BMP RGB, top row first", "bmp", lambda w, h: bmp(w, h, 24, rows(noise(w, h, 3)), -h)
    yield "BMP of 16 bits", "bmp", lambda w, h: bmp(w, h, 16, rows(np.random.default_rng(w).integers(0, 32768, (h, w)).astype("<u2")))
    yield "BMP 5:6:5", "bmp", lambda w, h: bmp(w, h, 16, rows(np.random.default_rng(w).integers(0, 65536, (h, w)).astype("<u2")), masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F), kind=3)

    def pnm(kind, white, samples):
        h, w = samples.shape[:2]
        head = f"P{kind}\n{w} {h}\n" + ("" if kind in (1, 4) else f"{white}\n")
        if kind == 4:
            return head.encode() + np.packbits(samples[..., 0] > 120, axis=1).tobytes()
        if kind == 1:
            return head.encode() + " ".join(str(int(v > 120)) for v in samples.ravel()).encode() + b"\n"
        if kind in (2, 3):
            return head.encode() + " ".join(map(str, samples.ravel())).encode() + b"\n"
        return head.encode() + samples.astype(">u2" if white > 255 else "u1").tobytes()

    yield "PBM plain", "pbm", lambda w, h: pnm(1, 1, noise(w, h, 1))
    yield "PBM", "pbm", lambda w, h: pnm(4, 1, noise(w, h, 1))
    for kind, name, n in ((2, "PGM plain", 1), (5, "PGM", 1), (3, "PPM plain", 3), (6, "PPM", 3)):
        ending = "pgm" if n == 1 else "ppm"
        for white in (255, 100, 1000):
            yield f"{name}, white {white}", ending, lambda w, h, k=kind, n=n, m=white: pnm(k, m, (noise(w, h, n).astype(int) * m // 255))


def draw(folder):
    """Some of the kinds at all sizes, the rest at the first: some 300 files. By file name: the kind."""
    drawn = {}
    for i, (kind, ending, make) in enumerate(kinds()):
        contradiction = kind.startswith("JPEG ") and ("marker" in kind or "Adobe" in kind or ", JFIF" in kind)
        for width, height in SIZES[:1] if contradiction else SIZES[: 3 if i % 2 else 5]:
            name = f"{i:03}-{width}x{height}.{ending}"
            try:
                content = make(width, height)
            except (OSError, ValueError, SystemError) as error:
                print(f"not drawn: {kind} of {width} x {height}: {error}")
                continue
            (folder / name).write_bytes(content)
            drawn[name] = kind
    return drawn


def pillow(path):
    """As torchvision's `pil_loader` opens it."""
    with open(path, "rb") as file:
        return Image.open(file).convert("RGB")


def ours(path):
    raw = path.read_bytes()
    width, height = struct.unpack("<II", raw[:8])
    return np.frombuffer(raw[8:], np.uint8).reshape(height, width, 3)


def apart(a, b):
    return np.abs(a.astype(int) - b.astype(int))


class Judge:
    """A run of the program and the same network in PyTorch."""

    def __init__(self, program, weights, work):
        import torch
        import torchvision
        from safetensors.torch import load_file

        self.torch, self.program = torch, program
        os.environ["COUNTERWEIGHT_FEATURES"] = str(work / "features")
        for hue, name in enumerate("ab"):
            (work / "train" / name).mkdir(parents=True)
            for i in range(20):
                image = photo(80 + i, 90).astype(int)
                image[..., hue] = np.minimum(255, image[..., hue] + 60)
                Image.fromarray(image.astype(np.uint8)).save(work / "train" / name / f"{i}.png")
        subprocess.run([program, "train", "--data", work / "train", "--arch", "squeezenet1_0", "--weights", weights, "--image-size", str(SIDE),
                        "--precision", "f32", "--epochs", "2", "--lr", "0.0001", "--runs", work / "runs"], check=True, stdout=subprocess.DEVNULL)
        (self.run,) = (work / "runs").iterdir()
        net = torchvision.models.squeezenet1_0()
        net.classifier = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(512, 2))
        net.load_state_dict(load_file(self.run / "model.safetensors"), strict=True)
        self.net = net.eval()

    def reference(self, pixels):
        mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
        x = self.torch.tensor(((pixels / 255.0 - mean) / std).transpose(2, 0, 1)[None], dtype=self.torch.float32)
        with self.torch.no_grad():
            return self.net(x)[0].softmax(0).numpy()

    def program_says(self, folder):
        out = subprocess.run([self.program, "predict", self.run, *sorted(folder.iterdir()), "--json"], capture_output=True, text=True).stdout
        rows = [json.loads(line) for line in out.splitlines()]
        return {Path(r["path"]).name: np.array(list(r["probabilities"].values())) for r in rows if "probabilities" in r}


def compare(folder, found, drawn, judge):
    """A row for each kind: files, refusals, largest differences."""
    said = judge.program_says(folder) if judge else {}
    rows = {}
    for name, kind in drawn.items():
        row = rows.setdefault(kind, {"files": 0, "refused": [], "pillow": [], "full": 0, "square": 0, "narrow": 0, "p_full": None, "p": None})
        row["files"] += 1
        try:
            image = pillow(folder / name)
        except Exception as error:  # Whatever Pillow says of it.
            row["pillow"].append(str(error))
            image = None
        if not (found / f"{name}.full").exists():
            row["refused"].append((found / f"{name}.error").read_text().split(": ", 1)[-1])
            continue
        if image is None:
            continue
        full, square = ours(found / f"{name}.full"), ours(found / f"{name}.square")
        theirs, resized = np.asarray(image), np.asarray(Resize((SIDE, SIDE))(image))
        if full.shape != theirs.shape:
            row["full"] = f"{full.shape} for {theirs.shape}"
            continue
        if theirs.shape[1] < NARROW:
            row["narrow"] = max(row["narrow"], int(apart(full, theirs).max()))
            continue
        row["full"] = max(row["full"], int(apart(full, theirs).max()))
        row["square"] = max(row["square"], int(apart(square, resized).max()))
        if judge:
            difference = float(abs(said[name] - judge.reference(resized)).max())
            row["p"] = max(row["p"] or 0.0, difference)
            if min(theirs.shape[:2]) >= 32:
                difference = float(abs(judge.reference(full) - judge.reference(theirs)).max())
                row["p_full"] = max(row["p_full"] or 0.0, difference)
    return rows


JPEG = "JPEG: another decoder (see below)"
EXPLAINED = {"JPEG": JPEG, "TIFF RGB by jpeg": JPEG}
# Colour of fewer than three columns is not smoothed by libjpeg-turbo.
NARROW = 5


def table(rows):
    number = lambda p: "" if p is None else "0" if p == 0 else f"{p:.0e}"
    lines = ["| kind | files | levels, as decoded | levels, resized | probability, as decoded | probability, resized | |", "|---|---|---|---|---|---|---|"]
    for kind, row in rows.items():
        notes = []
        if row["refused"]:
            pillows = "refused by both" if len(row["pillow"]) >= len(row["refused"]) else "refused"
            notes.append(f"{len(row['refused'])} {pillows}: {row['refused'][0]}")
        elif row["pillow"]:
            notes.append(f"Pillow refuses {len(row['pillow'])}: {row['pillow'][0]}".replace("|", "/")[:120])
        if row["narrow"] > row["full"]:
            notes.append(f"{row['narrow']} where it is 1 px wide: there libjpeg-turbo does not smooth the colour")
        notes += [why for start, why in EXPLAINED.items() if kind.startswith(start) and row["full"]]
        lines.append(f"| {kind} | {row['files']} | {row['full']} | {row['square']} | {number(row['p_full'])} | {number(row['p'])} | {'; '.join(notes)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pixels", required=True)
    parser.add_argument("--program")
    parser.add_argument("--weights")
    parser.add_argument("--work", type=Path, default=Path("target/odd-images"))
    parser.add_argument("--table", type=Path)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    folder, found = args.work / "drawn", args.work / "ours"
    folder.mkdir(parents=True)
    drawn = draw(folder)
    subprocess.run([args.pixels, folder, found, str(SIDE)], check=True)
    judge = Judge(args.program, args.weights, args.work) if args.program else None
    n_kinds = len(set(drawn.values()))
    text = f"{len(drawn)} files of {n_kinds} kinds, with Pillow {PIL.__version__}.\n\n" + table(compare(folder, found, drawn, judge))
    print(text)
    if args.table:
        before, rest = args.table.read_text().split(BEGIN)
        args.table.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
