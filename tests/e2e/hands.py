"""Keyboard, pointer, window manager and camera: what reaches the program comes from the X server, as a user's would."""
import struct
import time
import zlib
from contextlib import contextmanager

from Xlib import XK, X, display, error
from Xlib.ext import xtest
from Xlib.protocol import event

from desk import wait_for


class Hands:
    """On the one window with our title."""

    def __init__(self, environment, program, title="counterweight"):
        self.display = display.Display(environment["DISPLAY"])
        self.root = self.display.screen().root
        self.title = title
        self.program = program
        self.window = wait_for("the window", self.find_window, 60, program)
        self.focus()

    def find_window(self):
        for window in self.root.query_tree().children:
            try:
                visible = window.get_attributes().map_state == X.IsViewable
                if visible and window.get_wm_name() == self.title:
                    return window
            except error.XError:
                continue  # closed while it was looked at
        return None

    def focus(self):
        """There is no window manager to do it."""
        self.window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self.display.sync()

    # ------------------------------------------------------------ keyboard and pointer

    def key(self, combination):
        """Such as `ctrl+shift+Return`."""
        self.strike([self.keycode(name) for name in combination.split("+")])

    def strike(self, codes):
        for code in codes:
            xtest.fake_input(self.display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self.display, X.KeyRelease, code)
        self.display.sync()

    @contextmanager
    def held(self, name):
        """A key that stays down meanwhile."""
        code = self.keycode(name)
        xtest.fake_input(self.display, X.KeyPress, code)
        self.display.sync()
        yield
        # Nobody lets go in the very frame of the click.
        time.sleep(0.3)
        xtest.fake_input(self.display, X.KeyRelease, code)
        self.display.sync()

    def keycode(self, name):
        name = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L"}.get(name, name)
        return self.display.keysym_to_keycode(XK.string_to_keysym(name))

    def write(self, text):
        """Whatever the keyboard has keys for; X names such letters by their code."""
        for letter in text:
            code = self.display.keysym_to_keycode(ord(letter))
            shifted = self.display.keycode_to_keysym(code, 0) != ord(letter)
            self.strike([self.keycode("shift"), code] if shifted else [code])

    def point(self, x, y):
        xtest.fake_input(self.display, X.MotionNotify, x=int(x), y=int(y))
        self.display.sync()

    def click(self, x, y, button=1):
        self.point(x, y)
        self.press(button)
        self.release(button)

    def press(self, button=1):
        xtest.fake_input(self.display, X.ButtonPress, button)
        self.display.sync()

    def release(self, button=1):
        xtest.fake_input(self.display, X.ButtonRelease, button)
        self.display.sync()

    def click_on(self, place):
        left, top, width, height = place
        self.click(left + width / 2, top + height / 2)

    # ------------------------------------------------------------ the window as a whole

    def place(self):
        """Left, top, width and height on the screen."""
        size = self.window.get_geometry()
        corner = self.window.translate_coords(self.root, 0, 0)
        return -corner.x, -corner.y, size.width, size.height

    def resize(self, width, height):
        self.window.configure(width=width, height=height)
        self.display.sync()

    def close(self):
        """As the cross in the title bar does it."""
        atom = self.display.intern_atom
        ask = event.ClientMessage(
            window=self.window,
            client_type=atom("WM_PROTOCOLS"),
            data=(32, [atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0]),
        )
        self.window.send_event(ask)
        self.display.sync()

    def photograph(self, path):
        """The window as a PNG."""
        left, top, width, height = self.place()
        screen = self.display.screen()
        width, height = min(width, screen.width_in_pixels - left), min(height, screen.height_in_pixels - top)
        pixels = self.root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF).data
        path.write_bytes(png(width, height, pixels))


def png(width, height, bgrx):
    """A picture of 24 bits a pixel from the server's four bytes a pixel."""
    rgb = bytearray(3 * width * height)
    rgb[0::3], rgb[1::3], rgb[2::3] = bgrx[2::4], bgrx[1::4], bgrx[0::4]
    return png_of_rgb(width, height, rgb)


def png_of_rgb(width, height, rgb):
    stride = 3 * width
    rows = b"".join(b"\0" + bytes(rgb[y * stride : (y + 1) * stride]) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")
