"""The window as a screen reader has it: the tree that the program gives to AT-SPI, read over D-Bus.

What cannot be found here by its role and name cannot be found by a blind user either.
"""
import re
from dataclasses import dataclass

import dbus
import dbus.bus

from desk import wait_for

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
# AT-SPI's numbers; other roles keep their number as their name.
ROLES = {
    7: "check box",
    11: "combo box",
    23: "frame",
    27: "image",
    29: "label",
    35: "menu item",
    43: "button",
    44: "radio button",
    51: "slider",
    52: "spin button",
    62: "toggle button",
    75: "application",
    79: "entry",
}
CHECKED, ENABLED, FOCUSED, PRESSED, SELECTED = 4, 8, 12, 20, 23


@dataclass
class Node:
    path: str
    role: str
    name: str
    description: str
    states: int

    def has(self, state):
        return bool(self.states >> state & 1)

    @property
    def is_on(self):
        return self.has(CHECKED) or self.has(PRESSED) or self.has(SELECTED)

    def __str__(self):
        marks = "" if self.has(ENABLED) or self.role in ("label", "image") else ", disabled"
        marks += ", on" if self.is_on else ""
        return f"{self.role} “{self.name}”{marks}" + (f": {self.description}" if self.description else "")


class Reader:
    """Reads and operates one program's window."""

    def __init__(self, bus, name, program):
        self.bus, self.name, self.program = bus, name, program

    def nodes(self):
        """Everything in the window, in the order of its tree."""
        try:
            items = self.bus.call_blocking(
                self.name, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems", "", (), timeout=60
            )
        except dbus.DBusException:
            self.program.check_alive()
            raise
        return [node_of(item) for item in items]

    def find(self, name, role=None):
        """Those whose whole name fits the pattern."""
        fits = re.compile(name).fullmatch
        return [n for n in self.nodes() if fits(n.name) and role in (None, n.role)]

    def wait(self, name, role=None, seconds=60, which=lambda node: True):
        """The first such node, as soon as there is one."""
        what = f"{role or 'something'} named “{name}”"
        seen = lambda: next((n for n in self.find(name, role) if which(n)), None)
        return wait_for(what, seen, seconds, self.program)

    def press(self, name, role=None, seconds=60):
        """Presses it as soon as it is there and can be pressed, by its own action and without a pointer."""
        usable = lambda node: node.has(ENABLED) and self.act(node)
        return self.wait(name, role, seconds, usable)

    def act(self, node):
        """False where the node has gone since it was seen: the next look finds it again."""
        return bool(self.ask(node, "org.a11y.atspi.Action", "DoAction", "i", (0,)))

    def place(self, node):
        """Left, top, width and height on the screen."""
        box = self.ask(node, "org.a11y.atspi.Component", "GetExtents", "u", (0,))
        return tuple(int(n) for n in box) if box else None

    def text(self, node):
        """What is written in a field or chosen in a list."""
        return str(self.ask(node, "org.a11y.atspi.Text", "GetText", "ii", (0, -1)) or "")

    def set_number(self, node, number):
        value = ("org.a11y.atspi.Value", "CurrentValue", dbus.Double(number))
        self.ask(node, "org.freedesktop.DBus.Properties", "Set", "ssv", value)

    def number(self, node):
        value = ("org.a11y.atspi.Value", "CurrentValue")
        return self.ask(node, "org.freedesktop.DBus.Properties", "Get", "ss", value)

    def ask(self, node, interface, method, signature, arguments):
        try:
            return self.bus.call_blocking(self.name, node.path, interface, method, signature, arguments, timeout=60)
        except dbus.DBusException:
            self.program.check_alive()
            return None

    def listing(self):
        return "\n".join(str(node) for node in self.nodes())


class Accessibility:
    """The accessibility bus of a session, switched on as a screen reader does it."""

    def __init__(self, environment):
        session = dbus.bus.BusConnection(environment["DBUS_SESSION_BUS_ADDRESS"])
        launcher = ("org.a11y.Bus", "/org/a11y/bus")
        for switch in ("IsEnabled", "ScreenReaderEnabled"):
            on = ("org.a11y.Status", switch, dbus.Boolean(True))
            session.call_blocking(*launcher, "org.freedesktop.DBus.Properties", "Set", "ssv", on)
        self.bus = dbus.bus.BusConnection(session.call_blocking(*launcher, "org.a11y.Bus", "GetAddress", "", ()))

    def reader(self, program, seconds=60):
        """The window of `program`, as soon as it is there."""
        name = wait_for("the window's accessibility tree", lambda: self.name_of(program), seconds, program)
        reader = Reader(self.bus, name, program)
        wait_for("the window's first frame", lambda: is_drawn(reader), seconds, program)
        return reader

    def name_of(self, program):
        """The registry is started by being asked; it and the programs on its list come and go."""
        daemon = "org.freedesktop.DBus"
        try:
            programs = self.bus.call_blocking("org.a11y.atspi.Registry", ROOT, ACCESSIBLE, "GetChildren", "", ())
            for name, _ in programs:
                pid = self.bus.call_blocking(daemon, "/", daemon, "GetConnectionUnixProcessID", "s", (name,))
                if pid == program.pid:
                    return str(name)
        except dbus.DBusException:
            pass
        return None


def is_drawn(reader):
    """A program may be on the list before it answers."""
    try:
        return len(reader.nodes()) > 2
    except dbus.DBusException:
        return False


def node_of(item):
    """From an entry of the accessibility cache: object, application, parent, place, children, interfaces, …"""
    role = int(item[7])
    return Node(
        path=str(item[0][1]),
        role=ROLES.get(role, str(role)),
        name=str(item[6]),
        description=str(item[8]),
        states=int(item[9][0]) | int(item[9][1]) << 32,
    )
