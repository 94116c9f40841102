"""What the real window takes: its first frame, a slider moved at the notebook's size, and a training beside it.

    python3 tests/e2e/speed.py --program target/release/counterweight --data DIR --weights FILE

`make bench` builds the program and calls this. Nothing here fails for being slow: it measures and says so. Times are
taken at the X server, from what the user does to pixels on the screen. There is no graphics card: the picture is drawn
by the processor, and that is part of every time.
"""
import argparse
import os
import random
import statistics
import sys
import time
from pathlib import Path

from desk import Desk, Failure, Program, children, tail
from hands import Hands
from reader import ENABLED
from user import User
from Xlib import X

# The notebook's images: 70 % of them to train on.
NOTEBOOK_IMAGES = 65_426
STARTS = 10
MOVES = 40
TRAININGS = 3
PATIENCE = 600
# How often the screen is looked at, in seconds: looking costs a little of what is measured.
LOOK = 0.003


class Speed(User):
    def __init__(self, desk, binary, data, weights):
        super().__init__(desk, binary, desk.home / "program.log", PATIENCE)
        self.data, self.weights = data, weights

    def run(self):
        self.first_frame()
        self.training()
        self.slider()

    # ------------------------------------------------------------ the first frame

    def first_frame(self):
        """From the start of the process to a window with something drawn in it."""
        frame = []
        for _ in range(STARTS):
            began = time.monotonic()
            self.program = Program(self.desk, self.binary, self.log)
            self.hands = Hands(self.desk.environment, self.program)
            while not self.something_is_drawn():
                time.sleep(LOOK)
            frame.append(time.monotonic() - began)
            time.sleep(1)
            self.close()
        print(f"First frame: {spread(frame)} of {STARTS} starts")

    def something_is_drawn(self):
        """More than a background in the window's upper part."""
        left, top, width, _ = self.hands.place()
        pixels = self.look((left, top, min(width, 640), 64))
        return len({pixels[i : i + 3] for i in range(0, len(pixels), 4)}) > 8

    def look(self, place):
        """The screen's pixels there."""
        left, top, width, height = place
        return self.hands.root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF).data

    # ------------------------------------------------------------ a training

    def training(self):
        """The same one with and without the window, by turns, for the machine's own pace changes as well. Long enough
        for the frames of its beginning and end, which are drawn at once, to be few among those between."""
        folder = links(self.data, self.desk.home / "some", 3000)
        given = ["--data", folder, "--weights", self.weights, "--batch-norm", "batch", "--epochs", "1"]
        alone, beside, window, drawing = [], [], [], []
        for _ in range(TRAININGS):
            alone.append(self.train(*given)["seconds"]["train"])
            seconds, used = self.train_in_window(folder)
            beside.append(seconds)
            window.append(used["window"] / used["all"])
            drawing.append(used["drawing"] / used["all"])
        a, b, window, drawing = (statistics.median(numbers) for numbers in (alone, beside, window, drawing))
        print(
            f"An epoch of 2,100 images through the network, and 900 judged: {a:.2f} s alone, {b:.2f} s in the window "
            f"({100 * (b / a - 1):+.1f} %). The window took {100 * window:.1f} % of the processor's time, and what a "
            f"graphics card would draw {100 * drawing:.1f} %.",
            flush=True,
        )

    def train_in_window(self, folder):
        """Seconds of the training, and of the processor by what they went to."""
        self.start()
        self.use_settings_of_the_newest_run(folder)
        known = self.run_folders()
        self.reader.press("Train", "button", seconds=PATIENCE)
        # By the files: a screen reader that asks all the time would be work of its own.
        run_dir = self.wait_for("the new run", lambda: self.run_folders() - known).pop()
        before = processor_seconds(self.program.pid)
        events = run_dir / "events.jsonl"
        self.wait_for("its end", lambda: '"ended"' in events.read_text())
        after = processor_seconds(self.program.pid)
        self.close()
        run = next(run for run in self.call("runs", "--json") if run["run"] == run_dir.name)
        return run["seconds"]["train"], {name: after[name] - before[name] for name in after}

    def use_settings_of_the_newest_run(self, folder):
        """On its folder; at a start the one is open that was open last."""
        finished = lambda: self.reader.find("Run .*, finished.*")
        n_runs = len(self.run_folders())
        self.wait_for("all runs", lambda: len(finished()) == n_runs)
        self.wait_for("the folder's field", lambda: self.type_folder(folder))
        self.reader.wait(folder.name, "label", PATIENCE)
        self.reader.act(finished()[0])
        self.choose("selected run's settings", "Use the selected run's settings.*")
        # Train could be pressed before, with what the form had.
        self.reader.wait("The form has the settings of .*", "label", PATIENCE)
        self.reader.wait("Train", "button", PATIENCE, lambda button: button.has(ENABLED))

    # ------------------------------------------------------------ the slider

    def slider(self):
        """From the pointer on the slider of a weight to another number in the matrix."""
        folder = links(self.data, self.desk.home / "many", NOTEBOOK_IMAGES)
        run = self.train("--data", folder, "--weights", self.weights)
        rare = min(zip(map(sum, run["confusion"]), run["classes"]))[1]
        self.start()
        self.use_settings_of_the_newest_run(folder)
        self.reader.wait("Live weights", "toggle button", PATIENCE)
        slider = self.at_rest(f"Weight of {rare}", "slider")
        self.reach(slider, 0.5)
        self.hands.press()
        self.reader.wait("Live weights", "toggle button", PATIENCE, lambda toggle: toggle.is_on)
        cell = self.at_rest(f"true {rare} predicted {rare}: .*")
        choices, share, seconds = random.Random(0), 0.5, []
        for _ in range(MOVES):
            # Far enough for other numbers, between a third and twenty times the weight.
            share = choices.choice([s / 100 for s in range(35, 81, 5) if abs(s / 100 - share) >= 0.1])
            before, began = self.look(cell), time.monotonic()
            self.reach(slider, share)
            while self.look(cell) == before:
                self.program.check_alive()
                if time.monotonic() - began > PATIENCE:
                    raise Failure("the matrix does not follow the slider")
                time.sleep(LOOK)
            seconds.append(time.monotonic() - began)
            time.sleep(0.5)
        self.hands.release()
        self.close()
        print(f"From the slider to a new matrix, {NOTEBOOK_IMAGES:,} images: {spread(seconds)} of {MOVES} moves", flush=True)

    def at_rest(self, name, role=None):
        """Where it is once nothing moves it any more."""
        places = []
        def settled():
            places.append(self.reader.place(self.reader.wait(name, role, PATIENCE)))
            return len(places) > 10 and len(set(places[-10:])) == 1
        self.wait_for(f"“{name}” at rest", settled)
        return places[-1]

    def reach(self, place, share):
        left, top, width, height = place
        self.hands.point(left + width * share, top + height / 2)

    def train(self, *given):
        return self.call("train", "--json", *given)


def processor_seconds(pid):
    """Of the program and its engine; of its first thread, which has the window; of the threads that draw for want of a
    card."""
    tick = os.sysconf("SC_CLK_TCK")

    def seconds(stat):
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / tick

    threads = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            threads[thread.name] = (thread / "stat").read_text()
        except OSError:
            continue  # ended meanwhile
    return {
        "all": sum(seconds(Path(f"/proc/{process}/stat").read_text()) for process in [pid, *children(pid)]),
        "window": seconds(threads[str(pid)]),
        "drawing": sum(seconds(stat) for stat in threads.values() if "(llvmpipe" in stat),
    }


def links(data, folder, n):
    """So many images under a new root: some of them, or all of them again and again under ever new names."""
    files = sorted(p for p in data.rglob("*") if p.is_file())
    random.Random(0).shuffle(files)
    for i in range(n):
        file = files[i % len(files)]
        link = folder / file.relative_to(data).with_stem(f"{file.stem}-{i // len(files)}")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
    return folder


def spread(seconds):
    ordered = sorted(1000 * s for s in seconds)
    return f"median {statistics.median(ordered):.0f} ms, slowest {ordered[-1]:.0f} ms"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", type=Path, required=True, help="the built program")
    arguments.add_argument("--data", type=Path, required=True, help="an image folder")
    arguments.add_argument("--weights", type=Path, required=True, help="resnet18.safetensors")
    given = arguments.parse_args()
    print(f"\nThe real window, drawn by the processor: {os.cpu_count()} cores, {given.program}", flush=True)
    with Desk() as desk:
        speed = Speed(desk, given.program.resolve(), given.data.resolve(), given.weights.resolve())
        try:
            speed.run()
        except Failure as failure:
            print(f"\nFAILED: {failure}\n\nThe program's last words:\n{tail(speed.log)}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
