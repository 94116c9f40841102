"""An hour of use in fast motion: trainings, stops, folders, drops, sizes, themes, and clicks and keys at random.

    python3 tests/e2e/soak.py --program target/debug/counterweight --shots target/soak --minutes 60

`make soak` builds the program and calls this. It fails where the program panics, crashes, no longer answers, holds more
memory than it may, or loses a run. The seed is printed: the same seed makes the same choices, and actions.log tells
what they were. What opens the desktop's file dialog is left alone.
"""
import argparse
import random
import re
import shutil
import statistics
import sys
import time
import traceback
from pathlib import Path

from desk import Desk, Failure, tail, wait_quietly
from hands import png
from reader import ENABLED
from user import User

# No moment may take more memory than this, and between two moments of rest this much may be added, and so much for
# every run that was made between them. The first is what libtorch needs for a training; the second is room for the
# allocator; the third is for a run's losses, matrices and scores, which the window keeps.
MOST_MB = 2500
GROWTH_MB = 150
RUN_MB = 0.5
# Until then libraries are loaded, pools are filled, and growth says nothing: a share of the time, and seconds.
WARM_UP = 0.2
WARM_UP_SECONDS = 300
SECONDS_BETWEEN_RESTS = 60
# How long anything may take, on a machine that trains meanwhile.
PATIENCE = 180

# Not for clicks at random: the file dialog, and what makes one training take the whole hour.
AVOIDED = re.compile(
    r"Open.*|Palette.*|Recent.*|Sweep.*|Image size|Batch|Architecture|Weights|Epochs|.*([Tt]rash|[Dd]elete|[Ee]xport).*"
)
# Neither Enter nor Space, which press what has the focus, nor the keys of the palette and of the file dialog.
KEYS = [
    *"abcdeghmnrstxyz0123456789",
    *("Tab", "shift+Tab", "Escape", "Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next", "BackSpace"),
    *("ctrl+l", "ctrl+m", "ctrl+d", "ctrl+t", "ctrl+Up", "ctrl+Down", "ctrl+Right", "ctrl+period", "ctrl+slash"),
    *("question", "ctrl+a", "ctrl+c", "ctrl+z", "ctrl+minus", "ctrl+equal", "ctrl+0"),
]


class Soak(User):
    def __init__(self, desk, binary, shots, seed):
        super().__init__(desk, binary, shots / "program.log", PATIENCE)
        self.shots = shots
        self.log.write_text("")
        self.actions = open(shots / "actions.log", "w")
        self.random = random.Random(seed)
        self.n_actions = self.n_inputs = 0
        # Seconds since the start, MB and runs made: at rest. And the most MB that were seen at all.
        self.rests, self.peak = [], 0.0
        self.slowest_answer = 0.0
        self.runs_seen, self.trashed = set(), set()
        self.folders = [draw_folder(desk.work / name, n) for name, n in (("few", (30, 60)), ("more", (25, 150)))]

    def run(self, minutes):
        self.started = time.monotonic()
        self.start()
        self.rest()
        deeds = [self.train] * 3 + [self.stop, self.switch_folder, self.drop_images, self.drop_folder, self.resize]
        deeds += [self.theme, self.compare, self.trash_a_run, self.clear_images]
        deeds += [self.click_about] * 4 + [self.drag_about] * 2 + [self.type_about] * 3
        rested = time.monotonic()
        while time.monotonic() - self.started < 60 * minutes:
            deed = self.random.choice(deeds)
            self.actions.write(f"{time.monotonic() - self.started:8.1f} {deed.__name__}\n")
            self.actions.flush()
            deed()
            self.n_actions += 1
            self.check()
            if time.monotonic() - rested > SECONDS_BETWEEN_RESTS:
                self.rest()
                rested = time.monotonic()
        self.rest()
        self.end()

    # ------------------------------------------------------------ what a user does

    def train(self):
        """Seldom more than a few in line: an hour has an end."""
        if len(self.reader.find(r"Run .*, training.*")) == 0 or self.random.random() < 0.1:
            preset = self.random.choice(["equal", "3 : 1", "8 : 1", "1 : 3", "1 : 8", "balanced"])
            self.press_if_there(preset)
            self.press_if_there("Train|Queue")

    def stop(self):
        self.press_if_there("Stop")

    def switch_folder(self):
        """By typing its path."""
        self.type_folder(self.random.choice(self.folders))

    def drop_images(self):
        images = sorted(self.random.choice(self.folders).rglob("*.png"))
        self.drag(*self.random.sample(images, self.random.randint(1, 30)))

    def drop_folder(self):
        self.drag(self.random.choice(self.folders))

    def resize(self):
        self.hands.resize(self.random.randint(900, 1440), self.random.randint(600, 960))

    def theme(self):
        self.hands.key("ctrl+t")

    def compare(self):
        self.hands.key("ctrl+d")

    def clear_images(self):
        self.press_if_there("Clear the images")

    def trash_a_run(self):
        """Where the program can: a run that has ended, through the list of commands."""
        rows = [n for n in self.reader.find(r"Run .*, (finished|stopped|failed).*") if not n.is_on]
        if len(rows) < 4:
            return
        row = self.random.choice(rows)
        before = self.run_folders()
        self.reader.act(row)
        self.choose("selected run trash", "Move the selected run to the trash.*", seconds=10)
        # It may be refused, and undone by a later click: gone at the end is what it may then be, and need not be.
        wait_quietly(lambda: before - self.run_folders(), 5)
        self.trashed |= before - self.run_folders()

    def press_if_there(self, name):
        nodes = [n for n in self.reader.find(name) if n.has(ENABLED)]
        return bool(nodes) and self.reader.act(nodes[0])

    # ------------------------------------------------------------ at random

    def click_about(self):
        for _ in range(20):
            spot = self.safe_spot()
            if spot:
                self.hands.click(*spot)
                self.n_inputs += 1

    def drag_about(self):
        for _ in range(5):
            start, end = self.safe_spot(), self.safe_spot()
            if start and end:
                self.hands.point(*start)
                self.hands.press()
                for step in (0.3, 0.7, 1.0):
                    self.hands.point(*(a + (b - a) * step for a, b in zip(start, end)))
                self.hands.release()
                self.hands.click(*start, button=self.random.choice([4, 5]))
                self.n_inputs += 2

    def type_about(self):
        for _ in range(20):
            self.hands.key(self.random.choice(KEYS))
            self.n_inputs += 1

    def safe_spot(self):
        """Anywhere in the window but on what is avoided."""
        left, top, width, height = self.hands.place()
        x, y = left + self.random.randrange(width), top + self.random.randrange(height)
        for node in self.reader.nodes():
            if node.role != "label" and AVOIDED.fullmatch(node.name):
                place = self.reader.place(node)
                if place and 0 <= x - place[0] + 4 <= place[2] + 8 and 0 <= y - place[1] + 4 <= place[3] + 8:
                    return None
        return x, y

    # ------------------------------------------------------------ what must hold

    def check(self):
        self.program.check_alive()
        self.peak = max(self.peak, self.program.memory_mb())
        self.runs_seen |= self.run_folders()
        if self.peak > MOST_MB:
            raise Failure(f"the program holds {self.peak:.0f} MB; {MOST_MB} MB is the most it may")
        if "panicked" in self.log.read_text(errors="replace"):
            raise Failure("a thread of the program panicked")

    def rest(self):
        """Everything ends, the form is the demo's again, and the memory of that state is noted."""
        self.hands.resize(1280, 800)
        self.hands.focus()
        for key in ("Escape", "Escape", "ctrl+0"):
            self.hands.key(key)
        self.clear_images()
        self.calm()
        self.choose("try the demo", "Try the demo *")
        self.wait_for("the demo's folder", lambda: self.reader.find("Images of blighted"))
        self.calm()
        for name, number in (("Epochs", 3), ("Batch", 32)):
            field = self.reader.wait(name, "spin button", PATIENCE)
            self.reader.set_number(field, number)
        self.answer()
        self.check()
        self.rests.append((time.monotonic() - self.started, self.program.memory_mb(), len(self.runs_seen)))
        seconds, megabytes, _ = self.rests[-1]
        print(
            f"{seconds / 60:5.1f} min  {megabytes:5.0f} MB  {self.n_actions} actions, {self.n_inputs} random inputs, "
            f"{len(self.runs_seen)} runs, {len(self.trashed)} in the trash, slowest answer {self.slowest_answer:.1f} s",
            flush=True,
        )
        self.check_growth()

    def calm(self):
        """Stops trainings until none is left, has no more images judged, and waits for what ends by itself."""

        def idle():
            self.press_if_there("Clear the queue")
            # The last drop may come in later than the order to clear.
            self.clear_images()
            return not self.press_if_there("Stop") and self.reader.find("● ready")

        self.wait_for("the end of everything that was stopped", idle)

    def answer(self):
        """A key must change the picture: the tree alone would still be told by a window that hangs."""
        theme = lambda: [n.name for n in self.reader.find("System|Dark|Light", "button")]
        before, asked = theme(), time.monotonic()
        self.hands.key("ctrl+t")
        self.wait_for("an answer to a key", lambda: theme() != before)
        self.slowest_answer = max(self.slowest_answer, time.monotonic() - asked)

    def check_growth(self):
        if (growth := self.growth()) is not None and growth > GROWTH_MB:
            raise Failure(f"beside its runs the program grew by {growth:.0f} MB at rest; {GROWTH_MB} MB is allowed")

    def growth(self):
        """What is not owed to runs, between the first and the last third of the rests after warm-up; none where there are
        too few."""
        begin = max(WARM_UP_SECONDS, WARM_UP * self.rests[-1][0])
        settled = [megabytes - RUN_MB * n_runs for seconds, megabytes, n_runs in self.rests if seconds >= begin]
        if len(settled) < 6:
            return None
        third = len(settled) // 3
        return statistics.median(settled[-third:]) - statistics.median(settled[:third])

    def end(self):
        self.close()
        listed = {run["run"] for run in self.call("runs", "--json")}
        trash = Path(self.desk.environment["XDG_DATA_HOME"]) / "Trash" / "files"
        in_trash = {run.name for run in trash.iterdir()} if trash.is_dir() else set()
        if lost := {run.name for run in self.runs_seen} - in_trash - listed:
            raise Failure(f"runs are neither listed nor in the trash: {sorted(lost)}")

    def report(self):
        growth = self.growth()
        minutes = self.rests[-1][0] / 60
        print(
            f"{minutes:.0f} minutes, {self.n_actions} actions and {self.n_inputs} random inputs, "
            f"{len(self.runs_seen)} runs made, {len(self.trashed)} moved to the trash, none lost, no panic.\n"
            f"Memory at rest {self.rests[0][1]:.0f} MB at first and {self.rests[-1][1]:.0f} MB at last"
            + (f", {growth:+.0f} MB after warm-up beside {RUN_MB} MB a run" if growth is not None else "")
            + f"; {self.peak:.0f} MB at most. Slowest answer to a key {self.slowest_answer:.1f} s."
        )


def draw_folder(folder, counts):
    """Two classes of small pictures, brighter and darker ones."""
    for name, n, level in (("bright", counts[0], 150), ("dark", counts[1], 90)):
        (folder / name).mkdir(parents=True)
        for i in range(n):
            noise = random.Random(f"{name} {i}")
            pixels = bytes(min(255, level + noise.randrange(60)) for _ in range(64 * 64 * 4))
            (folder / name / f"{i:03}.png").write_bytes(png(64, 64, pixels))
    return folder


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", type=Path, required=True, help="the built program")
    arguments.add_argument("--shots", type=Path, default=Path("target/soak"), help="where logs and a picture go")
    arguments.add_argument("--minutes", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=None, help="of an earlier run, to choose the same again")
    given = arguments.parse_args()
    given.shots.mkdir(parents=True, exist_ok=True)
    (given.shots / "failure.png").unlink(missing_ok=True)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"Seed {seed}, {given.minutes:g} minutes", flush=True)
    with Desk() as desk:
        soak = Soak(desk, given.program.resolve(), given.shots, seed)
        try:
            soak.run(given.minutes)
        except Exception as failure:  # noqa: BLE001, a fault of the test's own leaves a picture as well
            if not isinstance(failure, Failure):
                traceback.print_exc()
            try:
                soak.hands.photograph(given.shots / "failure.png")
                (given.shots / "failure.txt").write_text(soak.reader.listing())
                shutil.copytree(desk.runs, given.shots / "runs", dirs_exist_ok=True)
            except Exception as problem:  # noqa: BLE001, the first failure matters, not this one
                print(f"no picture of the failure: {problem}", file=sys.stderr)
            print(f"\nFAILED (seed {seed}): {failure}\n\nThe program's last words:\n{tail(soak.log)}", file=sys.stderr)
            print(f"What was done and what was seen: {given.shots}", file=sys.stderr)
            return 1
        soak.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
