"""Six jobs that people come with, each walked to its end in the real window, by mouse and by keyboard.

    python3 tests/e2e/jobs.py --program target/debug/counterweight --out target/walk

`make walk` builds the program and calls this. Every job begins in an empty home and fails where a step does not come to
what it should. In the folder `--out` lie a picture of every step, a film strip of each job, and `times.md`: what each
took, in seconds, keys and clicks. Images are drawn by the program or here, but for the job on faces, which needs a folder.
"""
import argparse
import json
import re
import shutil
import subprocess
import sys
import traceback
from datetime import date, timedelta
from pathlib import Path

import drawn
from acts import by_name, choose_in_list, command, finished, open_folder, open_images, set_number, set_weight
from acts import sweep, take_weights, train, type_into
from desk import Desk, Failure, tail, wait_for
from walker import KEYBOARD, MOUSE, Walker

STRIP = Path(__file__).resolve().parent / "strip.py"

# ---------------------------------------------------------------- the jobs


def best(w, given):
    """The demo, up to which weighting is best, and why."""
    with w.step("The first start"):
        w.sees("Try the demo", "button")
    with w.step("The demo is drawn"):
        w.operate("Try the demo", "button")
        w.sees("Images of blighted", "button", w.work)
    with w.step("Three weightings are trained"):
        w.operate("Begin: Train equal, 3 : 1, 8 : 1", "button")
        wait_for("three runs", lambda: len(finished(w)) == 3, w.work, w.program)
    with w.step("A goal: to find 75 % of the blighted ones"):
        w.operate("Set a goal", "button")
        w.sees("Change the goal", "button")
    with w.step("The best is found, and the reason told"):
        w.operate("Find the best", "button")
        w.sees(r".* surely meets the goal: .* of blighted found, .* false positives, .*", "label")
    with w.step("The others beside it"):
        command(w, "ctrl+d", "Compare the shown runs")
        w.sees("Settings that differ", "label")
    with w.step("Back to the best: who pays for it"):
        command(w, "ctrl+d", "Close the comparison")
        w.sees("Against equal: recall of blighted .*; healthy pays most, .*", "label")


def faces(w, given):
    """Faces of some hundred videos, up to a run that surely finds 75 % of the real ones, told on test images."""
    with w.step("The folder is open"):
        open_folder(w, given.faces, "REAL")
    with w.step("Split by the video that a face is from"):
        w.operate("Split by the groups of groups.csv", "button")
        w.sees("Images of each class in each part: .*", seconds=w.work)
    with w.step("A part is kept for a test"):
        set_number(w, "Test share", 15)
        w.sees("Images of each class in each part: .*Test.*", seconds=w.work)
    with w.step("Weights of the network"):
        take_weights(w, given, back=False)
    with w.step("Features are computed, and equal weights trained"):
        train(w)
    with w.step("A goal: to find 75 % of the real ones"):
        w.operate("Set a goal", "button")
        w.sees("Change the goal", "button")
    with w.step("24 weights of REAL are tried"):
        sweep(w, "REAL")
    with w.step("The best is found, surely"):
        w.operate("Find the best", "button")
        w.sees(r".* surely meets the goal: .* of REAL found, .*", "label", w.work)
    with w.step("Its threshold is kept"):
        w.operate("Keep the threshold", "button")
    with w.step("The same on test images"):
        command(w, "ctrl+e", "Judge by test images")
        w.sees("On the .* test images .*", "label")


def rarest(w, given):
    """Train, validation and test folders: the rarest class is raised; who pays?"""
    folder, rare = given.clothing, "hat"
    if not folder:
        folder, rare = w.desk.work / "clothing", "hat"
        counts = {"train": (25, 45, 126), "val": (12, 16, 30), "test": (10, 14, 28)}
        drawn.by_folders(folder, ("hat", "shoes", "t-shirt"), counts)
    with w.step("The folder is open, split as its folders are"):
        open_folder(w, folder, rare)
        w.sees("Images of each class in each part: Train .* Val .* Test .*", "button")
    with w.step("Weights of the network"):
        take_weights(w, given)
    with w.step("Equal weights are trained"):
        train(w)
    with w.step("The rarest class counts eight times"):
        set_weight(w, rare, 8)
    with w.step("It is trained"):
        train(w, 1)
    with w.step("Who pays, and on test images"):
        w.sees(f"Against equal: recall of {rare} .*", "label")
        command(w, "ctrl+e", "Judge by test images")
        w.sees("On the .* test images .*", "label")


def hundred(w, given):
    """A hundred classes: one that is found badly is raised; what it is taken for and who pays is seen."""
    folder = w.desk.work / "shapes"
    names = drawn.shapes(folder, [10 + i * 37 % 51 for i in range(100)])
    with w.step("The folder is open"):
        open_folder(w, folder, names[0])
    with w.step("Weights of the network"):
        take_weights(w, given)
    with w.step("Equal weights are trained"):
        train(w)
    with w.step("Those found least come first"):
        if w.by_mouse:
            w.operate("Order the classes by recall")
        else:
            by_name(w, "order figures recall", "Order the figures by Recall, lowest first")
    with w.step("A class is looked up by its name"):
        type_into(w, "Find a class", "pink r")
        w.sees("Weight of pink ring", "slider")
        w.is_gone("Weight of blue bar", "slider")
    with w.step("It counts five times"):
        set_weight(w, "pink ring", 5)
    with w.step("It is trained"):
        train(w, 1)
    with w.step("What becomes of it, and who pays"):
        w.sees("Against equal: recall of pink ring .*pays most.*", "label")


def new_images(w, given):
    """400 new images, predicted and saved as CSV."""
    with w.step("The demo is drawn and trained"):
        w.operate("Try the demo", "button")
        w.sees("Images of blighted", "button", w.work)
        w.operate("8 : 1", "toggle button")
        train(w)
    images = sorted((Path(w.desk.environment["XDG_CACHE_HOME"]) / "counterweight/demo-leaves").rglob("*.png"))
    folder = w.desk.work / "new leaves"
    folder.mkdir()
    for i, image in enumerate(images[:400]):
        shutil.copy(image, folder / f"leaf-{i:03}.png")
    with w.step("400 images are predicted"):
        open_images(w, folder)
        w.sees("blighted .* of 400, healthy .*", "label", w.work)
    with w.step("They are saved as CSV"):
        w.operate("Save the predictions as CSV…")
        tables = lambda: list(w.desk.home.rglob("predictions*.csv"))
        saved = w.wait_for("the table", lambda: [t for t in tables() if t.stat().st_mtime > 0 and "leaves" in t.name])
        n = len(saved[0].read_text().splitlines())
        if n != 401:
            raise Failure(f"{saved[0]} has {n} lines")


def two_hundred(w, given):
    """200 runs: the best of yesterday's sweep is found and starred, all others are deleted, and brought back."""
    folder = w.desk.work / "shapes"
    rare = drawn.shapes(folder, [16, 64])[0]
    sweeps(w, folder, rare)
    with w.step("A folder with 200 runs"):
        open_folder(w, folder, rare)
        w.sees("List of .*", seconds=w.work)
    with w.step("Ordered by balanced accuracy"):
        if w.by_mouse:
            choose_in_list(w, "Order of the runs: .*", "Balanced accuracy")
        else:
            by_name(w, "order runs balanced", "Order the runs by Balanced accuracy")
    with w.step("Those of yesterday"):
        type_into(w, "Find a run", "yesterday", keys="ctrl+f")
        w.sees("25 of 200 listed.*", "label")
    with w.step("The best of them is starred"):
        star_the_first(w)
    with w.step("All others of the sweep are chosen"):
        choose_the_others(w)
        w.sees("24 chosen", "label")
    with w.step("They are deleted"):
        command(w, "Delete", "Delete the 24 chosen runs")
        w.sees("1 of 176 listed.*", "label")
    with w.step("They are brought back"):
        command(w, "ctrl+shift+Delete", "Undo.*")
        w.sees("25 of 200 listed.*", "label")


RUN = "Run .*, finished, balanced accuracy .*"


def star_the_first(w):
    """Of the one sweep that is listed, which the search has opened; the best one, as they are ordered."""
    if w.by_mouse:
        w.click(RUN, button=3)
        w.click("Give it a star")
    else:
        # From the search down into the list, and into the sweep.
        w.keys("Down", "Home", "Right")
        w.sees(RUN, which=lambda run: run.is_on)
        w.hands.key("ctrl+b")


def choose_the_others(w):
    """From the second one to the last one."""
    if not w.by_mouse:
        return w.keys("Down", "shift+End")
    second = w.reader.find(RUN)[1]
    w.click(re.escape(second.name), which=lambda run: run.path == second.path)
    w.wheel(second, 40)
    w.place_at_rest(w.reader.find(RUN)[-1])
    with w.hands.held("shift"):
        last = w.reader.find(RUN)[-1]
        w.click(re.escape(last.name), which=lambda run: run.path == last.path)


def sweeps(w, folder, rare):
    """200 runs by the command line, the first sweep's as if they were of yesterday."""
    common = ("--data", folder, "--weights", "none", "--epochs", "2", "--image-size", "32")
    for lr in range(1, 9):
        w.call("sweep", *common, "--grid", f"{rare}=1:16:25", "--lr", f"0.00{lr}")
        if lr == 1:
            make_older(w.desk.runs)


def make_older(runs):
    """By a day, in name and facts."""
    today = date.today()
    old, new = (f"{day:%Y-%m-%d}" for day in (today, today - timedelta(days=1)))
    for run in list(runs.iterdir()):
        for file in run.glob("*.json*"):
            file.write_text(file.read_text().replace(old, new))
        run.rename(runs / run.name.replace(old, new))


JOBS = {
    "best": best,
    "faces": faces,
    "rarest": rarest,
    "hundred": hundred,
    "new-images": new_images,
    "two-hundred": two_hundred,
}


# ---------------------------------------------------------------- walking them


def walk(job, hand, given):
    """The steps, and what went wrong if anything did."""
    with Desk() as desk:
        w = Walker(desk, given.program.resolve(), given.out, job, hand, given.patience)
        try:
            w.start()
            JOBS[job](w, given)
            w.close()
        except Exception as failure:  # noqa: BLE001, a fault of the walker's own leaves a picture as well
            if not isinstance(failure, Failure):
                traceback.print_exc()
            w.photograph_failure()
            return w.steps, f"{failure}\n\nThe program's last words:\n{tail(w.log)}"
    return w.steps, None


def film(steps, out):
    """Where no Python at hand has Pillow the pictures stay single ones."""
    frames = [[str(out / step.picture), f"{step.seconds:.1f} s  {step.text}"] for step in steps if step.picture]
    if not frames:
        return
    listed = out / "frames.json"
    listed.write_text(json.dumps(frames))
    # That of the comparison with PyTorch has it, where `make parity` or `make bench` has set it up.
    others = (Path.home() / ".cache/counterweight").glob("reference-*/bin/python")
    for python in [sys.executable, *map(str, others)]:
        made = [python, str(STRIP), str(listed), str(out / f"{steps[0].job}-{steps[0].hand}.png")]
        if not subprocess.run(made, capture_output=True).returncode:
            break
    else:
        print("no film strip: no Python here has Pillow")
    listed.unlink()


def table(walked):
    """By job: seconds, keys and clicks of either hand, then every step."""
    lines = ["| job | by | seconds | keys | clicks | turns of the wheel |", "|---|---|---|---|---|---|"]
    lines += [row(steps[0].job, steps[0].hand, steps) for steps in walked if steps]
    lines += ["", "| step | by | seconds | keys | clicks | turns of the wheel |", "|---|---|---|---|---|---|"]
    lines += [row(f"{step.job}: {step.text}", step.hand, [step]) for steps in walked for step in steps]
    return "\n".join(lines) + "\n"


def row(name, hand, steps):
    total = lambda of: sum(getattr(step, of) for step in steps)
    numbers = (f"{total('seconds'):.1f}", total("keys"), total("clicks"), total("scrolls"))
    return "| " + " | ".join(map(str, (name, hand, *numbers))) + " |"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", type=Path, required=True, help="the built program")
    arguments.add_argument("--out", type=Path, default=Path("target/walk"), help="where pictures and times go")
    arguments.add_argument("--job", action="append", choices=JOBS, help="only this one; may be given again")
    arguments.add_argument("--hand", choices=(MOUSE, KEYBOARD), help="by this alone")
    arguments.add_argument("--faces", type=Path, help="a folder with FAKE, REAL and groups.csv")
    arguments.add_argument("--clothing", type=Path, help="a folder with train, val and test, hat the rarest class")
    arguments.add_argument("--weights", type=Path, help="ResNet-18's, for the jobs on folders")
    arguments.add_argument("--patience", type=float, default=1.0, help="how many times longer to wait for everything")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name in ("faces", "clothing", "weights"):
        if folder := getattr(given, name):
            setattr(given, name, folder.resolve())
    walked, failures = [], 0
    for job in given.job or JOBS:
        if job == "faces" and not given.faces:
            print("faces is left out: it needs --faces DIR")
            continue
        for hand in [given.hand] if given.hand else (MOUSE, KEYBOARD):
            steps, failure = walk(job, hand, given)
            walked.append(steps)
            film(steps, given.out)
            if failure:
                failures += 1
                print(f"\nFAILED: {job} by {hand}: {failure}\n", file=sys.stderr)
            (given.out / "times.md").write_text(table(walked))
    print(f"Pictures, film strips and times.md: {given.out}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
