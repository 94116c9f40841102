"""Someone who does a job with one hand only, the keyboard's or the mouse's: every step is timed, counted and photographed.

Unlike the story, which presses a button as a screen reader does, a walker does nothing that no finger could: by keyboard
Tab, arrows and shortcuts, by mouse clicks where the control is drawn.
"""
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass

from desk import Failure, wait_for, wait_quietly
from hands import Hands
from reader import ENABLED, FOCUSED
from user import User

MOUSE, KEYBOARD = "mouse", "keyboard"
SIZE = (1280, 800)
# Nobody looks for a control longer than that.
MOST_TABS = 60
WHEEL_UP, WHEEL_DOWN = 4, 5


@dataclass
class Step:
    job: str
    hand: str
    text: str
    seconds: float = 0.0
    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    picture: str = ""


class CountedHands(Hands):
    """Knows how often it was moved."""

    def __init__(self, *arguments):
        self.keys = self.clicks = self.scrolls = 0
        super().__init__(*arguments)

    def strike(self, codes):
        self.keys += 1
        super().strike(codes)

    def press(self, button=1):
        if button in (WHEEL_UP, WHEEL_DOWN):
            self.scrolls += 1
        else:
            self.clicks += 1
        super().press(button)


class Walker(User):
    """On one desk, for one job."""

    def __init__(self, desk, binary, out, job, hand, patience):
        super().__init__(desk, binary, out / "program.log", 60 * patience)
        # What computes may take this long.
        self.work = 600 * patience
        self.out, self.job, self.hand = out, job, hand
        self.steps = []
        self.log.write_text("")

    @property
    def by_mouse(self):
        return self.hand == MOUSE

    def start(self):
        super().start()
        self.hands = CountedHands(self.desk.environment, self.program)
        self.hands.resize(*SIZE)
        self.wait_for("the window's size", lambda: self.hands.place()[2:] == SIZE)

    @contextmanager
    def step(self, text):
        """Its picture shows what came of it."""
        hands, began = self.hands, time.monotonic()
        before = hands.keys, hands.clicks, hands.scrolls
        done = Step(self.job, self.hand, text)
        self.steps.append(done)
        yield
        done.seconds = time.monotonic() - began
        after = hands.keys, hands.clicks, hands.scrolls
        done.keys, done.clicks, done.scrolls = (now - then for now, then in zip(after, before))
        # What has moved or faded in since the last key is part of the picture.
        time.sleep(0.4)
        done.picture = f"{self.job}-{self.hand}-{len(self.steps):02}.png"
        hands.photograph(self.out / done.picture)
        print(f"{self.job} by {self.hand}: {done.seconds:5.1f} s  {text}", flush=True)

    def photograph_failure(self):
        """What can still be learnt of the window, whatever state it is in."""
        place = self.out / f"{self.job}-{self.hand}-failure.png"
        try:
            self.hands.photograph(place)
            place.with_suffix(".txt").write_text(self.reader.listing())
        except Exception as problem:  # noqa: BLE001, the first failure matters, not this one
            print(f"no picture of the failure: {problem}")

    # ------------------------------------------------------------ what both hands do

    def operate(self, name, role=None, back=False):
        """A control that is on the screen: a click, or Tab up to it, forwards or `back`, and the space bar."""
        if self.by_mouse:
            self.click(name, role)
        else:
            self.tab_to(name, role, back)
            self.hands.key("space")

    def sees(self, name, role=None, seconds=None, which=lambda node: True):
        """What must stand there afterwards."""
        return self.reader.wait(name, role, seconds or self.patience, which)

    def is_gone(self, name, role=None, seconds=None):
        wait_for(f"the end of “{name}”", lambda: not self.reader.find(name, role), seconds or self.patience, self.program)

    # ------------------------------------------------------------ the mouse

    def click(self, name, role=None, button=1, which=lambda node: True):
        usable = lambda node: node.has(ENABLED) and which(node) and self.is_in_window(node)
        node = self.reader.wait(name, role, self.patience, usable)
        left, top, width, height = self.place_at_rest(node)
        self.hands.click(left + width / 2, top + height / 2, button)
        return node

    def place_at_rest(self, node):
        """Nobody clicks on what still moves."""
        place = self.reader.place(node)
        while True:
            time.sleep(0.1)
            now = self.reader.place(node)
            if now and now == place:
                return now
            place = now

    def point_at(self, node):
        left, top, width, height = self.reader.place(node)
        self.hands.point(left + width / 2, top + height / 2)

    def is_in_window(self, node):
        place = self.reader.place(node)
        if not place:
            return False
        left, top, width, height = self.hands.place()
        x, y = place[0] + place[2] / 2, place[1] + place[3] / 2
        return left <= x < left + width and top <= y < top + height

    def drag_slider(self, slider, now, wanted):
        """By its handle, to and fro until the number it stands for is about right."""
        left, top, width, height = self.reader.place(slider)
        y = top + height / 2
        low, high = left, left + width
        self.hands.point(left + width / 3, y)
        self.hands.press()
        for _ in range(12):
            x = (low + high) / 2
            self.hands.point(x, y)
            time.sleep(0.15)
            if abs(now() / wanted - 1) < 0.08:
                break
            low, high = (x, high) if now() < wanted else (low, x)
        self.hands.release()

    def wheel(self, node, steps):
        """Down, or up where it is negative, over what it must not move off."""
        self.point_at(node)
        for _ in range(abs(steps)):
            button = WHEEL_DOWN if steps > 0 else WHEEL_UP
            self.hands.press(button)
            self.hands.release(button)
            time.sleep(0.02)

    # ------------------------------------------------------------ the keyboard

    def focused(self):
        return next((node for node in self.reader.nodes() if node.has(FOCUSED) and node.role != "frame"), None)

    def settled(self):
        """What has the keyboard, once that no longer changes by itself."""
        node = self.focused()
        while True:
            # On a busy machine a frame may take that long.
            time.sleep(0.2)
            now = self.focused()
            if not is_other(now, node):
                return now
            node = now

    def tab_to(self, name, role=None, back=False):
        """Tab by Tab, as far as a person would look."""
        seen = []
        for _ in range(MOST_TABS):
            node = self.focused()
            if node and re.fullmatch(name, node.name) and role in (None, node.role):
                return node
            seen.append(str(node))
            self.hands.key("shift+Tab" if back else "Tab")
            wait_quietly(lambda: is_other(self.focused(), node), 1)
        met = "\n  ".join(seen)
        raise Failure(f"Tab does not lead to {role or 'a control'} “{name}”; it led to\n  {met}")

    def keys(self, *combinations):
        """One after the other, as fast as fingers are: no two in one frame."""
        for combination in combinations:
            self.hands.key(combination)
            time.sleep(0.2)

    def arrow_to(self, arrow, name, most=400):
        """Within a list, by an arrow key."""
        for _ in range(most):
            node = self.settled()
            if node and re.fullmatch(name, node.name):
                return node
            self.hands.key(arrow)
            if not wait_quietly(lambda: is_other(self.focused(), node), 1):
                raise Failure(f"{arrow} leads no further than {node}; “{name}” was looked for")
        raise Failure(f"{most} times {arrow} do not lead to “{name}”")


def is_other(now, before):
    return now is not None and (before is None or (now.path, now.name) != (before.path, before.name))
