"""The whole story in the real window: demo, two weightings, comparison, a dropped image, a second start.

    python3 tests/e2e/story.py --program target/debug/counterweight --shots target/e2e

`make e2e` builds the program and calls this. Nothing is scripted or simulated but the user: an X server without a
screen, the program with its engine, a screen reader's view of the window, keys and pointer, and a drag from another
process. Ends with exit code 0, or 1 and says what did not come; pictures of every step lie in the folder of shots.
"""
import argparse
import re
import sys
import time
import traceback
from pathlib import Path

from desk import Desk, Failure, tail, wait_for
from reader import ENABLED
from user import User

# In a comparison the difference to the first run follows.
CELL = r"true (\w+) predicted (\w+): ([\d,]+) images?\b.*"
FINISHED = r"Run (.+), finished, balanced accuracy ([\d.]+ %)"
# The demo's own hundred would take most of a test's time; far fewer already tell the weightings apart.
EPOCHS = 20
# The demo's classes in their order, the rare one first.
RARE, COMMON = "blighted", "healthy"


class Story(User):
    def __init__(self, desk, binary, shots, patience):
        # On a slow machine everything takes longer, and nothing here measures.
        self.short, self.long = 60 * patience, 300 * patience
        super().__init__(desk, binary, shots / "program.log", self.short)
        self.shots = shots
        self.log.write_text("")
        self.started = time.monotonic()
        self.n_shots = 0

    def tell(self, text):
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def shot(self, name):
        self.n_shots += 1
        self.hands.photograph(self.shots / f"{self.n_shots}-{name}.png")

    # ------------------------------------------------------------ the chapters

    def run(self):
        self.first_start()
        self.open_demo()
        self.train_two()
        matrices = self.read_matrices()
        self.compare(matrices)
        self.look_behind_a_cell()
        self.decide_about_three(matrices)
        said = self.drop_an_image()
        self.start_again(matrices, said)

    def first_start(self):
        self.start()
        self.reader.wait("counterweight", "frame", self.short)
        self.reader.wait("Decide how to weigh a rare class", "label", self.short)
        trains = self.reader.find("Train", "button")
        expect(trains and not trains[0].has(ENABLED), "without a folder Train can be pressed")
        self.shot("first-start")
        self.tell("a first start says what to do")

    def open_demo(self):
        """By keyboard, through the list of commands."""
        self.choose("demo", "Try the demo *")
        self.reader.wait(f"Images of {RARE}", "button", self.long)
        self.reader.wait(f"{COMMON} +1,200", "label", self.short)
        self.shot("demo")
        self.tell("the demo's leaves are drawn and counted")

    def train_two(self):
        """The first by pointer, the second by what a screen reader does; it waits in line for the first."""
        epochs = self.reader.wait("Epochs", "spin button", self.short)
        self.reader.set_number(epochs, EPOCHS)
        wait_for("the new number of epochs", lambda: self.reader.number(epochs) == EPOCHS, self.short, self.program)
        button = self.reader.wait("Train", "button", self.short, lambda n: n.has(ENABLED))
        self.hands.click_on(self.reader.place(button))
        self.reader.wait("Run equal, training.*", seconds=self.short)
        self.reader.press("8 : 1", "toggle button", seconds=self.short)
        self.reader.wait("8 : 1", "toggle button", self.short, lambda preset: preset.is_on)
        self.reader.press("Queue", seconds=self.short)
        self.tell("1 : 1 trains, 8 : 1 waits")
        wait_for("the end of both trainings", lambda: len(self.finished()) == 2, self.long, self.program)
        self.shot("trained")
        self.tell(f"both are trained: balanced accuracy {self.finished()}")

    def finished(self):
        """Balanced accuracy as the list of runs says it, by weights."""
        matches = [re.fullmatch(FINISHED, node.name) for node in self.reader.nodes()]
        return {m[1]: m[2] for m in matches if m}

    def read_matrices(self):
        matrices = {}
        for label in self.finished():
            self.reader.press(f"Run {re.escape(label)}, finished.*", seconds=self.short)
            self.reader.wait(f"Confusion matrix.*{re.escape(label)}", "label", self.short)
            matrices[label] = cells(self.reader)
        expect(len(matrices) == 2, f"runs of two weightings are expected, and these are there: {list(matrices)}")
        equal, weighted = matrices["equal"], matrices["8 : 1"]
        expect(equal != weighted, f"both weightings give the same matrix: {equal}")
        missed = (RARE, COMMON)
        expect(
            equal[missed] > weighted[missed],
            f"weighing the rare class should miss fewer of it: {equal[missed]} and {weighted[missed]} were missed",
        )
        for label, run in self.saved_runs().items():
            expect(
                matrices[label] == saved_matrix(run),
                f"the window shows {matrices[label]} for {label}, and its run folder holds {saved_matrix(run)}",
            )
        both = f"{equal[missed]} at 1 : 1, {weighted[missed]} at 8 : 1"
        self.tell(f"missed of the rare class: {both}, as in the run folders")
        return matrices

    def compare(self, matrices):
        self.hands.key("ctrl+d")
        pattern = f"true {RARE} predicted {COMMON}: .*"
        both = lambda: len(self.reader.find(pattern)) == 2
        wait_for("two matrices side by side", both, self.short, self.program)
        shown = sorted(count(n.name) for n in self.reader.find(pattern))
        expected = sorted(m[RARE, COMMON] for m in matrices.values())
        expect(shown == expected, f"the comparison shows {shown} missed, the runs {expected}")
        self.shot("compared")
        self.hands.key("ctrl+d")
        one = lambda: len(self.reader.find(pattern)) == 1
        wait_for("one matrix again", one, self.short, self.program)
        self.tell("both are compared side by side")

    def look_behind_a_cell(self):
        """As many images as the cell counts, beside the matrix, and as the command line lists them."""
        missed = cells(self.reader)[RARE, COMMON]
        expect(missed > 0, "no image of the rare class is missed, so that none can be looked at")
        self.reader.press(f"true {RARE} predicted {COMMON}: .*", seconds=self.short)
        self.reader.wait(f"{missed} images?; .*", seconds=self.short)
        self.reader.wait(f"{RARE}/.*: predicted {COMMON} with .*, wrong, is {RARE}", seconds=self.short)
        listed = [
            self.call("images", "--json", "--cell", f"{RARE},{COMMON}", run["run"])["n"]
            for run in self.saved_runs().values()
        ]
        expect(missed in listed, f"the window lists {missed} missed images, the command line {listed}")
        self.shot("images")
        self.hands.key("ctrl+g")
        self.reader.wait("Loss", "label", self.short)
        self.tell(f"the {missed} images behind a cell are shown, as the command line lists them")

    def decide_about_three(self, matrices):
        """One image large with what speaks for its class, then three labelled anew: the matrix moves, and back."""
        label = next(label for label in matrices if self.reader.find(f"Confusion matrix · {re.escape(label)}", "label"))
        missed = matrices[label][RARE, COMMON]
        self.reader.press(f"true {RARE} predicted {COMMON}: .*", seconds=self.short)
        images = self.reader.wait(f"{missed} images; arrow keys walk, .*", seconds=self.short)
        self.hands.click_on(self.reader.place(self.reader.wait(f"{RARE}/.*, wrong, is {RARE}", seconds=self.short)))
        self.hands.key("Return")
        self.reader.wait("Large picture of .*", "image", self.short)
        self.reader.press("Show why", seconds=self.short)
        self.reader.wait(r"\d+ x \d+ places speak for .*|.*of what speaks for .*", "label", self.long)
        self.shot("why")
        self.hands.key("Escape")
        self.reader.wait(re.escape(images.name), seconds=self.short)
        for key in ("Home", "shift+Right", "shift+Right", "2"):
            self.hands.key(key)
        self.reader.wait("Labels: 3 relabelled", "label", self.long)
        # Tried again at once, with the labels of now: an image that was missed is none of the rare class any more.
        support = sum(n for (truth, _), n in matrices[label].items() if truth == RARE)
        now = lambda: sum(n for (truth, _), n in cells(self.reader).items() if truth == RARE)
        wait_for("the matrix of the new labels", lambda: now() == support - 3, self.long, self.program)
        decided = self.call("labels", self.demo_folder(), "--json")["images"]
        expect([image["label"] for image in decided] == [COMMON] * 3, f"decided is {decided}")
        self.shot("decided")
        self.hands.key("ctrl+z")
        wait_for("the matrix of the folder's own labels", lambda: now() == support, self.long, self.program)
        self.hands.key("ctrl+shift+z")
        self.reader.wait("Labels: 3 relabelled", "label", self.long)
        self.tell("an image says why; three are labelled anew, and the matrix follows, back and forth")
        self.hands.key("ctrl+g")
        self.reader.wait("Loss", "label", self.short)

    def drop_an_image(self):
        image = sorted((self.demo_folder() / RARE).iterdir())[0]
        # A name as files have it: what is special in an address must come through.
        dropped = self.desk.work / "a leaf, 100% ü.png"
        dropped.write_bytes(image.read_bytes())
        self.drag(dropped)
        self.reader.wait(re.escape(f"Picture of {dropped.name}"), "image", self.short)
        said = {}
        for label in ("equal", "8 : 1"):
            node = self.reader.wait(rf"{label} says \w+ \d\.\d+", seconds=self.long)
            name, score = re.search(r"says (\w+) (\d\.\d+)", node.name).groups()
            said[label] = (float(score), name)
        for label, run in self.saved_runs().items():
            score, name = said[label]
            exact = self.predict(run, dropped)["probabilities"][name]
            expect(
                abs(exact - score) <= 0.0051,
                f"the window says {name} {score} under {label}, the command line {exact:.4f}",
            )
        self.shot("dropped")
        self.tell(f"an image dropped by another process is predicted: {said}, as the command line does")
        return said

    def start_again(self, matrices, said):
        self.close()
        self.tell("closed by its window's cross")
        self.start()
        self.reader.wait(f"Images of {RARE}", "button", self.long)
        folder = self.demo_folder()
        self.reader.wait(folder.name, "label", self.short, lambda label: label.description == str(folder))
        wait_for("both runs", lambda: len(self.finished()) == 2, self.short, self.program)
        again = self.read_matrices()
        expect(again == matrices, f"after a restart the matrices are {again}, before {matrices}")
        # Whether the chosen weights have come back can be seen in the form alone.
        weights = self.reader.wait("8 : 1", "toggle button", self.short)
        expect(weights.is_on, "the weights chosen last are not chosen after a restart")
        self.reader.wait("Labels: 3 relabelled", "label", self.long)
        self.shot("started-again")
        self.close()
        self.tell("a second start has the folder, the weights, both runs and the labels that were decided again")

    # ------------------------------------------------------------ what lies on the disk

    def demo_folder(self):
        return Path(self.desk.environment["XDG_CACHE_HOME"]) / "counterweight" / "demo-leaves"

    def saved_runs(self):
        """What the command line knows of the runs, by weights as the window names them."""
        runs = self.call("runs", "--json")
        return {spoken(run["config"]["class_weights"]): run for run in runs}

    def predict(self, run, image):
        return self.call("predict", "--json", run["run"], image)

    def photograph_failure(self):
        """What can still be learnt of the window, whatever state it is in."""
        try:
            self.hands.photograph(self.shots / "failure.png")
            (self.shots / "failure.txt").write_text(self.reader.listing())
        except Exception as problem:  # noqa: BLE001, the first failure matters, not this one
            print(f"no picture of the failure: {problem}", file=sys.stderr)


def cells(reader):
    """The shown matrix: images by true class and predicted class."""
    matches = [re.fullmatch(CELL, node.name) for node in reader.nodes()]
    matrix = {(m[1], m[2]): int(m[3].replace(",", "")) for m in matches if m}
    expect(len(matrix) == 4, f"a matrix of two classes has four cells, and these can be read: {matrix}")
    return matrix


def saved_matrix(run):
    """The same from what the command line reads in the run's folder."""
    classes, rows = run["classes"], run["confusion"]
    return {(t, p): n for t, row in zip(classes, rows) for p, n in zip(classes, row)}


def spoken(class_weights):
    return {"none": "equal"}.get(class_weights, class_weights.replace(",", " : "))


def count(name):
    return int(re.fullmatch(CELL, name)[3].replace(",", ""))


def expect(holds, otherwise):
    if not holds:
        raise Failure(otherwise)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", type=Path, required=True, help="the built program")
    arguments.add_argument("--shots", type=Path, default=Path("target/e2e"), help="where the pictures go")
    arguments.add_argument("--patience", type=float, default=1.0, help="how many times longer to wait for everything")
    given = arguments.parse_args()
    given.shots.mkdir(parents=True, exist_ok=True)
    for old in [*given.shots.glob("*.png"), *given.shots.glob("failure.txt")]:
        old.unlink()
    with Desk() as desk:
        story = Story(desk, given.program.resolve(), given.shots, given.patience)
        try:
            story.run()
        except Exception as failure:  # noqa: BLE001, a fault of the test's own leaves a picture as well
            story.photograph_failure()
            if not isinstance(failure, Failure):
                traceback.print_exc()
            print(f"\nFAILED: {failure}\n\nThe program's last words:\n{tail(story.log)}", file=sys.stderr)
            print(f"Pictures and the window's contents: {given.shots}", file=sys.stderr)
            return 1
    print(f"The whole story in {time.monotonic() - story.started:.0f} s; pictures in {given.shots}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
