"""What the jobs are made of, by either hand."""
import re
import subprocess
import sys
from pathlib import Path

from desk import wait_for, wait_quietly
from reader import FOCUSED

COPY = Path(__file__).resolve().parent / "copy_files.py"
# Weights of a sweep, unless another number is chosen.
SWEPT = 24


def open_folder(w, folder, a_class):
    """By mouse it is dragged out of a file manager; by keyboard its path is typed."""
    if w.by_mouse:
        w.drag(folder)
    else:
        type_into(w, "Image folder", folder)
        w.hands.key("Return")
    w.sees(f"Images of {re.escape(a_class)}", "button", w.work)


def open_images(w, folder):
    """Dragged out of a file manager, or copied there and pasted."""
    if w.by_mouse:
        return w.drag(folder)
    copied = subprocess.Popen([sys.executable, str(COPY), str(folder)], env=w.desk.environment, stdout=subprocess.PIPE)
    copied.stdout.readline()
    w.hands.key("ctrl+v")
    w.sees("Predictions · .*", "label")
    copied.kill()
    copied.wait()


def type_into(w, name, text, keys=None):
    """A field for text, in place of what is there. `keys` are those that lead to it, where it has such."""
    if w.by_mouse:
        w.click(name, "entry")
    elif keys:
        w.hands.key(keys)
    else:
        w.tab_to(name, "entry")
    # Keys that come in one frame with the click would go nowhere.
    w.sees(name, "entry", which=lambda field: field.has(FOCUSED))
    w.hands.key("ctrl+a")
    w.hands.write(str(text))


def choose_in_list(w, name, entry, role=None, back=False):
    """An entry of a list that opens. The role is for names that stand before it as well."""
    w.operate(name, role, back)
    w.sees(entry)
    if w.by_mouse:
        w.click(entry)
    else:
        # The list takes the keyboard by itself, a little later.
        wait_quietly(lambda: (node := w.focused()) and not re.fullmatch(name, node.name), 2)
        w.arrow_to("Down", entry)
        w.hands.key("Return")


def take_weights(w, given, back=True):
    """Of a file where there is one; without, random ones, which are enough for colours and forms. By keyboard they lie behind
    what a new folder puts it at, and ahead of what stands above them."""
    if not given.weights:
        return choose_in_list(w, "Weights", "Random", "combo box", back)
    if w.by_mouse:
        w.drag(given.weights)
    else:
        choose_in_list(w, "Weights", "From a file…", "combo box", back)
        type_into(w, "File", given.weights)
        w.hands.key("Return")
    w.sees("File", "entry")


def command(w, keys, name, role=None):
    """What has keys of its own, by them; by mouse its control."""
    if w.by_mouse:
        w.click(name, role)
    else:
        w.hands.key(keys)


def by_name(w, words, name):
    """Out of the list of commands."""
    w.hands.key("ctrl+k")
    w.sees("Type a command", "entry")
    w.hands.write(words)
    w.sees(name, which=lambda row: row.is_on)
    w.hands.key("Return")


def set_weight(w, a_class, weight):
    """By mouse the slider is dragged until the number beside it says so, about; by keyboard it is typed. The list of classes
    is one stop for Tab, and arrows go through it."""
    name = f"Weight of {re.escape(a_class)}"
    now = lambda: w.reader.number(w.sees(f"{name}, number")) or 0
    if w.by_mouse:
        w.drag_slider(w.sees(name, "slider"), now, weight)
    else:
        w.tab_to("Weight of .*", "slider")
        w.arrow_to("Down", name)
        w.hands.key("Return")
        type_number(w, f"{name}, number", weight)
    w.wait_for("the weight", lambda: abs(now() / weight - 1) < 0.1)


def set_number(w, name, value):
    """A click into a number, or Tab up to it, lets it be typed."""
    if w.by_mouse:
        w.click(name, "spin button")
    else:
        w.tab_to(name, "spin button")
    type_number(w, name, value)


def type_number(w, name, value):
    """Where the keyboard is at it already."""
    w.sees(name, which=lambda field: field.has(FOCUSED))
    w.hands.key("ctrl+a")
    w.hands.write(str(value))
    w.hands.key("Return")


def finished(w):
    return [m[1] for n in w.reader.nodes() if (m := re.fullmatch(r"Run (.+), finished, .*", n.name))]


def train(w, n_before=0):
    command(w, "ctrl+Return", "Train", "button")
    wait_for("the end of the training", lambda: len(finished(w)) > n_before, w.work, w.program)


def sweep(w, a_class):
    """From 1 to 16."""
    if w.by_mouse:
        w.click("Sweep weights")
        w.click(f"Train {SWEPT} weightings", "button")
    else:
        by_name(w, "sweep", f"Sweep {SWEPT} weights of {re.escape(a_class)}, from 1 to 16")
    w.sees(f"{SWEPT} weightings trained at once", "label", w.work)
