"""A desktop that nobody sits at: an X server without a screen, a message bus, an empty home, and our program on it.

Nothing of the user's is read or written: home, settings, caches and runs lie in a folder that is deleted afterwards.
"""
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Larger than the window, so that it can grow as well as shrink.
SCREEN = (1440, 960)


class Failure(Exception):
    """Something that should have come did not; the text says what."""


class Desk:
    """The X server, the bus and the home, as a context."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="counterweight-desk-"))
        self.servers = []
        self.environment = dict(os.environ)
        # A display of the user's must not be where the window opens.
        for name in ("WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "NO_AT_BRIDGE"):
            self.environment.pop(name, None)
        folders = {
            "HOME": "home",
            "XDG_CACHE_HOME": "home/cache",
            "XDG_CONFIG_HOME": "home/config",
            "XDG_DATA_HOME": "home/data",
            "XDG_STATE_HOME": "home/state",
            "XDG_RUNTIME_DIR": "run",
            "TORCH_HOME": "home/torch",
            "HF_HOME": "home/hub",
        }
        for name, folder in folders.items():
            (self.home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment[name] = str(self.home / folder)
        # No network, no graphics card, no settings service: the same on every machine.
        self.environment.update(HF_HUB_OFFLINE="1", LIBGL_ALWAYS_SOFTWARE="1", GSETTINGS_BACKEND="memory")
        self.environment.update(RUST_BACKTRACE="1", LC_ALL="C.UTF-8")
        self.work = self.home / "work"
        self.work.mkdir()
        # Where the program keeps them by itself.
        self.runs = self.home / "home/data/counterweight/runs"

    def __enter__(self):
        # Who ends us politely gets the desk cleared; otherwise Python would leave without a word.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            # It would otherwise start anew, and refuse who comes meanwhile, whenever its last guest has left.
            stays = ("-nolisten", "tcp", "-noreset")
            size = f"{SCREEN[0]}x{SCREEN[1]}x24"
            number = self.serve("Xvfb", "-displayfd", "{}", "-screen", "0", size, *stays)
            self.environment["DISPLAY"] = f":{number}"
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.serve(
                "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address={}"
            )
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in reversed(self.servers):
            end(server)
        shutil.rmtree(self.home, ignore_errors=True)

    def serve(self, *command):
        """Starts a server that writes where it can be reached to the descriptor `{}`; gives what it wrote."""
        told, tell = os.pipe()
        with open(self.home / f"{command[0]}.log", "wb") as log:
            words = [word.format(tell) for word in command]
            try:
                server = subprocess.Popen(
                    words,
                    env=self.environment,
                    pass_fds=[tell],
                    stdout=log,
                    stderr=log,
                    preexec_fn=end_with_parent,
                )
            except FileNotFoundError:
                raise Failure(f"{command[0]} is missing: python3 scripts/setup.py e2e") from None
        os.close(tell)
        self.servers.append(server)
        address = first_line(told, 60)
        os.close(told)
        if not address:
            raise Failure(f"{command[0]} does not start:\n{tail(self.home / (command[0] + '.log'))}")
        return address


def first_line(descriptor, seconds):
    """What it holds up to the line's end, which may come in pieces; empty where the writer has ended."""
    line, limit = b"", time.monotonic() + seconds
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0, limit - time.monotonic()))
        piece = os.read(descriptor, 4096) if ready else b""
        if not piece:
            return ""
        line += piece
    return line.decode().strip()


class Program:
    """One start of the program with its window, from its first frame to its exit code."""

    def __init__(self, desk, binary, log):
        self.log = log
        with open(log, "ab") as file:
            self.process = subprocess.Popen(
                [str(binary)], cwd=desk.work, env=desk.environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL
            )
        desk.servers.append(self.process)
        self.pid = self.process.pid

    def check_alive(self):
        if (code := self.process.poll()) is not None:
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            raise Failure(f"the program has ended by itself: {how}")

    def wait_end(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"the program did not end within {seconds:.0f} s of being closed") from None

    def memory_mb(self):
        """What of its memory, and of its engine's, is in use now (resident), in MB."""
        return sum(resident_mb(pid) for pid in [self.pid, *children(self.pid)])


def children(pid):
    """The processes that its threads have started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in lists for child in text_of(file).split()]


def resident_mb(pid):
    for line in text_of(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def text_of(file):
    """Nothing where there is no such file, or what it tells of has ended meanwhile."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def end_with_parent():
    """Has Linux end this process when its parent ends, however that ends."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(what, condition, seconds, program=None):
    """Gives what `condition` gives as soon as that is true. Looks ten times a second."""
    limit = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if program:
            program.check_alive()
        if time.monotonic() > limit:
            raise Failure(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.1)


def wait_quietly(condition, seconds):
    """Like `wait_for`, but what does not come is no failure."""
    try:
        return wait_for("it", condition, seconds)
    except Failure:
        return None


def tail(path, lines=40):
    return "\n".join(text_of(path).splitlines()[-lines:])
