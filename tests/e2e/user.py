"""Someone before the window: what the story, the soak and the measurements do alike."""
import json
import subprocess
import sys
from pathlib import Path

from desk import Failure, Program, wait_for, wait_quietly
from hands import Hands
from reader import FOCUSED, Accessibility

DRAG = Path(__file__).resolve().parent / "drag.py"


class User:
    def __init__(self, desk, binary, log, patience):
        """Nothing that is waited for may take longer than so many seconds."""
        self.desk, self.binary, self.log, self.patience = desk, binary, log, patience
        self.accessibility = Accessibility(desk.environment)
        self.program = self.reader = self.hands = None

    def start(self):
        self.program = Program(self.desk, self.binary, self.log)
        self.reader = self.accessibility.reader(self.program, self.patience)
        self.hands = Hands(self.desk.environment, self.program)

    def close(self):
        """By the window's cross."""
        self.hands.close()
        if code := self.program.wait_end(self.patience):
            raise Failure(f"closed, the program ended with exit code {code}")

    def choose(self, words, command, seconds=None):
        """A command by keyboard, through the list of them; `command` is its name there. Where it may be missing, False
        after so many seconds."""
        self.hands.key("Escape")
        self.hands.key("ctrl+k")
        patience = seconds or self.patience
        offered = lambda: any(row.is_on for row in self.reader.find(command))
        opened = wait_quietly(lambda: self.reader.find("Type a command", "entry"), patience)
        if opened:
            self.hands.write(words)
        found = opened and wait_quietly(offered, patience)
        self.program.check_alive()
        self.hands.key("Return" if found else "Escape")
        if not found and seconds is None:
            raise Failure(f"the palette does not offer “{command}”")
        return bool(found)

    def type_folder(self, folder):
        """Where the dataset's path stands. False where there is no such field that could be clicked on."""
        find = lambda: self.reader.find("Image folder", "entry")
        # The window may be drawn anew between two questions.
        fields = find()
        place = self.reader.place(fields[0]) if fields else None
        if not place:
            return False
        self.hands.click_on(place)
        # Keys that come in one frame with the click would go nowhere.
        has_focus = lambda: any(field.has(FOCUSED) for field in find())
        if not wait_quietly(has_focus, 10):
            return False
        self.hands.key("ctrl+a")
        self.hands.write(str(folder))
        self.hands.key("Return")
        return True

    def drag(self, *files):
        """From another process into the middle of the window."""
        left, top, width, height = self.hands.place()
        window = [hex(self.hands.window.id), str(left + width // 2), str(top + height // 2)]
        command = [sys.executable, str(DRAG), *window, *map(str, files)]
        done = subprocess.run(command, env=self.desk.environment, capture_output=True, text=True)
        if done.returncode:
            self.program.check_alive()
            raise Failure(f"a drag over the window failed: {done.stderr.strip()}")

    def call(self, *words):
        """The program's command line: what it prints, read where it is JSON."""
        command = [self.binary, *map(str, words)]
        done = subprocess.run(command, cwd=self.desk.work, env=self.desk.environment, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"counterweight {words[0]} failed:\n{done.stderr[-2000:]}")
        return json.loads(done.stdout) if "--json" in words else done.stdout

    def run_folders(self):
        runs = self.desk.runs
        return {run for run in runs.iterdir() if (run / "events.jsonl").exists()} if runs.is_dir() else set()

    def wait_for(self, what, condition):
        return wait_for(what, condition, self.patience, self.program)
