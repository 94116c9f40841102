"""Baseline JPEGs with whatever markers, component names and sampling factors are asked for.

Pillow writes what is usual; what decoders disagree about is not. Sizes need not be whole blocks.
"""
import struct

import numpy as np

# ITU T.81, annex K.3: codes of each length, then the symbols.
DC = ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], list(range(12)))
# Every run and size with a code of eight or nine bits: simple, not short. Sizes go up to 10, so 162 symbols.
AC_SYMBOLS = [0x00, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 11)]
AC = ([0, 0, 0, 0, 0, 0, 0, 100, 62, 0, 0, 0, 0, 0, 0, 0], AC_SYMBOLS)
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))


def codes(table):
    """By symbol: code and its length."""
    counts, symbols = table
    found, code, place = {}, 0, 0
    for length, n in enumerate(counts, 1):
        for symbol in symbols[place : place + n]:
            found[symbol] = (code, length)
            code += 1
        place += n
        code <<= 1
    return found


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jfif():
    return segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


class Bits:
    def __init__(self):
        self.text = []

    def put(self, value, length):
        if length:
            self.text.append(format(value, f"0{length}b"))

    def bytes(self):
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        data = int(text, 2).to_bytes(len(text) // 8, "big") if text else b""
        return data.replace(b"\xff", b"\xff\0")


def dct():
    k, n = np.meshgrid(np.arange(8), np.arange(8), indexing="ij")
    m = np.cos((2 * n + 1) * k * np.pi / 16) / 2
    m[0] /= np.sqrt(2)
    return m


def amount(value):
    """Bits of a number and how many they are, as JPEG codes it."""
    size = int(abs(value)).bit_length()
    return (value if value >= 0 else value + (1 << size) - 1), size


def encode(planes, factors, ids, markers=b"", quantum=4):
    """`planes`: [height, width] each, of full size; `factors`: (horizontal, vertical) of each component."""
    height, width = planes[0].shape
    across, down = max(h for h, _ in factors), max(v for _, v in factors)
    mcus = (-(-width // (8 * across)), -(-height // (8 * down)))
    m = dct()
    blocks = []
    for plane, (h, v) in zip(planes, factors):
        whole = np.pad(plane.astype(float), ((0, mcus[1] * 8 * down - height), (0, mcus[0] * 8 * across - width)), "edge")
        small = whole.reshape(mcus[1] * 8 * v, down // v, mcus[0] * 8 * h, across // h).mean((1, 3)) - 128
        tiles = small.reshape(mcus[1] * v, 8, mcus[0] * h, 8).transpose(0, 2, 1, 3)
        blocks.append(np.rint(m @ tiles @ m.T / quantum).astype(int).reshape(mcus[1] * v, mcus[0] * h, 64)[..., ZIGZAG])
    dc, ac, bits, last = codes(DC), codes(AC), Bits(), [0] * len(planes)
    for y in range(mcus[1]):
        for x in range(mcus[0]):
            for c, (h, v) in enumerate(factors):
                for row in range(v):
                    for column in range(h):
                        block = [int(n) for n in blocks[c][y * v + row, x * h + column]]
                        value, size = amount(block[0] - last[c])
                        last[c] = block[0]
                        bits.put(*dc[size])
                        bits.put(value, size)
                        run = 0
                        for n in block[1:]:
                            if n == 0:
                                run += 1
                                continue
                            while run > 15:
                                bits.put(*ac[0xF0])
                                run -= 16
                            value, size = amount(n)
                            bits.put(*ac[run << 4 | size])
                            bits.put(value, size)
                            run = 0
                        if run:
                            bits.put(*ac[0])
    frame = struct.pack(">BHHB", 8, height, width, len(planes))
    frame += b"".join(bytes([i, h << 4 | v, 0]) for i, (h, v) in zip(ids, factors))
    scan = bytes([len(planes)]) + b"".join(bytes([i, 0]) for i in ids) + b"\0\x3f\0"
    return (
        b"\xff\xd8" + markers + segment(0xDB, b"\0" + bytes([quantum]) * 64) + segment(0xC0, frame)
        + segment(0xC4, b"\0" + bytes(DC[0]) + bytes(DC[1])) + segment(0xC4, b"\x10" + bytes(AC[0]) + bytes(AC[1]))
        + segment(0xDA, scan) + bits.bytes() + b"\xff\xd9"
    )
