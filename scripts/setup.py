#!/usr/bin/env python3
"""Brings what a build needs and Cargo cannot fetch: libtorch, a C++ compiler, the window's libraries.

    python3 scripts/setup.py             # what `make setup` calls; a second call only looks
    python3 scripts/setup.py e2e         # also what the tests of the real window need; prints a Python for them
    python3 scripts/setup.py reference   # also a Python with PyTorch; prints its path on standard output

libtorch is taken from the torch wheel, which pip fetches. It is unpacked once into the user's cache,
shared by all checkouts, and linked from `.libtorch`, where .cargo/config.toml points torch-sys. A torch
of the same version in the Python that runs this script is used as it is. With an NVIDIA driver on the
machine the CUDA libraries come too; the binary loads them at run time and needs none of them to start.

Standard library only, Python 3.9 or newer. Everything is said on standard error.
"""
import contextlib
import ctypes
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

# zipfile, tempfile and importlib.metadata are imported where they are used: a call that only looks is
# part of every `make`, and they would take half its time.

# One-to-one with tch and torch-sys 0.24: both numbers change together.
TORCH = "2.11.0"
# libtorch_cpu.so of the wheel needs these two even where there is no GPU.
CUDA_RUNTIME = ["nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85"]
# Needed by torch's Python side only.
PYTHON_SIDE = ("triton", "cuda-bindings")
# The libraries are the same in every wheel of one version, so any Python may fetch this one.
WHEEL_PYTHON = "3.12"
# Rises when what is kept of a wheel changes: an older cache is then made anew.
RECIPE = 1
NEEDS_GB = {"cpu": 2.0, "cuda": 9.0}

# What eframe (glow, X11 and Wayland) loads when the window opens, and the Debian package it is in.
WINDOW_LIBRARIES = {
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXcursor.so.1": "libxcursor1",
    "libXi.so.6": "libxi6",
    "libXrandr.so.2": "libxrandr2",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
}
# What the tests of the real window run (or, with a slash, a file they need), and its package.
E2E_TOOLS = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "/usr/share/dbus-1/services/org.a11y.Bus.service": "at-spi2-core",
    "/usr/lib/{arch}-linux-gnu/dri/swrast_dri.so": "libgl1-mesa-dri",
}
# And the modules of their Python. Debian installs them for its own Python only.
E2E_MODULES = {"dbus": "python3-dbus", "Xlib": "python3-xlib"}
REFERENCE = [f"torch=={TORCH}", "torchvision==0.26.0", "numpy", "pillow", "safetensors", "scikit-learn"]

REPOSITORY = Path(__file__).resolve().parent.parent
LINK = REPOSITORY / ".libtorch"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "counterweight"
# The folders in which Pythons keep what is installed.
PACKAGES = ("site-packages", "dist-packages")
LIBRARY = "libtorch_cpu.dylib" if sys.platform == "darwin" else "libtorch_cpu.so"


class SetupError(Exception):
    """Something the user must do; the text says what."""


def main(arguments):
    if unknown := set(arguments) - {"e2e", "reference"}:
        raise SetupError(f"unknown argument {' '.join(sorted(unknown))} (known: e2e, reference)")
    if sys.platform not in ("linux", "darwin"):
        raise SetupError("set-up knows Linux and macOS only; on Windows use WSL, or set LIBTORCH by hand")
    if "e2e" in arguments and sys.platform != "linux":
        raise SetupError("the tests of the real window need an X server without a screen, which only Linux has here")
    system_packages("e2e" in arguments)
    if not shutil.which("cargo"):
        raise SetupError("Rust is missing: install it as https://rustup.rs says, then open a new terminal")
    link_libtorch()
    if "e2e" in arguments:
        print(e2e_python())
    if "reference" in arguments:
        print(reference_python())


# ---------------------------------------------------------------- system packages


def system_packages(e2e):
    """Installs what is missing as root on Debian and its kin; otherwise names the command."""
    missing, fatal = missing_packages(e2e)
    if missing and can_install():
        # Lacking packages that the build can do without (no network, say) must not stop it.
        if apt_install(missing) or not fatal:
            return
        missing, fatal = missing_packages(e2e)
    if fatal:
        raise SetupError(f"missing: {', '.join(fatal)}\n{install_advice(missing)}")
    if missing:
        say(f"the window will need packages that are not here yet\n{install_advice(missing)}")


def missing_packages(e2e):
    """All packages that are missing, and the names of those things that nothing works without."""
    missing, fatal = [], []
    if not (shutil.which("c++") or shutil.which("clang++")):
        missing.append("g++")
        fatal.append("a C++ compiler")
    if sys.platform != "linux":
        return missing, fatal
    absent = {lib: package for lib, package in WINDOW_LIBRARIES.items() if not loads(lib)}
    missing += absent.values()
    if has_display() or e2e:
        fatal += absent
    if e2e:
        absent = {tool: package for tool, package in E2E_TOOLS.items() if not tool_exists(tool)}
        if not e2e_python():
            absent.update(E2E_MODULES)
        missing += absent.values()
        fatal += absent
    return missing, fatal


def loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def tool_exists(tool):
    if tool.startswith("/"):
        return os.path.exists(tool.format(arch=platform.machine()))
    return shutil.which(tool) is not None


def e2e_python():
    """A Python with the modules: this one, or the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", "import " + ", ".join(E2E_MODULES)]
        if os.path.exists(python) and subprocess.run(command, capture_output=True).returncode == 0:
            return python
    return None


def has_display():
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def can_install():
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages):
    """True if apt-get installed them all."""
    say(f"installing {' '.join(packages)}")
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # An outdated list may still serve, so only the install decides.
    subprocess.run([*apt, "update"], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(install, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode == 0


def install_advice(packages):
    if sys.platform == "darwin":
        return "    xcode-select --install"
    command = f"    sudo apt-get install {' '.join(packages)}"
    if shutil.which("apt-get"):
        return command
    return f"install what your system calls these Debian packages: {' '.join(packages)}"


# ---------------------------------------------------------------- libtorch


def link_libtorch():
    """Makes `.libtorch` lead to a whole libtorch of the right version and kind."""
    if LINK.exists() and not LINK.is_symlink():
        raise SetupError(f"{LINK} is a real file or folder, not set-up's link; move it away first")
    kind = "cuda" if has_nvidia_driver() else "cpu"
    linked = Path(os.readlink(LINK)) if LINK.is_symlink() else None
    if linked and linked.parent.name in PACKAGES and is_libtorch(linked):
        return  # a Python's torch, linked earlier: no rebuild because another Python is active today
    cached = CACHE / f"libtorch-{TORCH}-{kind}"
    if not is_whole(cached):
        if python_torch := torch_of_this_python():
            return point_link_at(python_torch)
        with lock("libtorch"):
            if not is_whole(cached):  # another set-up may have made it while this one waited
                make_libtorch(cached, kind)
    point_link_at(cached / "torch")


def has_nvidia_driver():
    if sys.platform != "linux":
        return False
    return os.path.exists("/proc/driver/nvidia/version") or bool(shutil.which("nvidia-smi")) or loads("libcuda.so.1")


def is_whole(folder):
    """True if `folder` was made to the end by this recipe: the stamp is written last."""
    try:
        return json.loads((folder / "complete.json").read_text()) == stamp()
    except (OSError, ValueError):
        return False


def stamp():
    return {"torch": TORCH, "recipe": RECIPE, "machine": platform.machine()}


def torch_of_this_python():
    """The folder of this Python's torch if that is the right version and holds what a build needs."""
    spec = importlib.util.find_spec("torch")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder and not is_libtorch(folder):
        say(f"the torch in {folder} cannot serve: {TORCH} with its headers is needed")
        return None
    return folder


def is_libtorch(folder):
    try:
        version = re.search(r"__version__ = '([^'+]+)", (folder / "version.py").read_text())
    except OSError:
        return False
    whole = (folder / "lib" / LIBRARY).is_file() and (folder / "include/torch/csrc/api/include").is_dir()
    return whole and version is not None and version.group(1) == TORCH


def point_link_at(folder):
    if LINK.is_symlink() and os.readlink(LINK) == str(folder):
        return
    moved = LINK.is_symlink()
    beside = LINK.with_name(f".libtorch.{os.getpid()}")
    beside.symlink_to(folder, target_is_directory=True)
    os.replace(beside, LINK)
    say(f"libtorch {TORCH}: {folder}")
    if moved:
        # Cargo sees the same path as before, and would keep what was compiled against the other one.
        subprocess.run(["cargo", "clean", "--quiet", "--package", "torch-sys"], cwd=REPOSITORY, check=False)


def make_libtorch(final, kind):
    """Fetches and unpacks beside `final`, and renames into it only what is whole."""
    size = "3 GB" if kind == "cuda" else "530 MB"
    say(f"fetching libtorch {TORCH} ({kind}, about {size}) into {final}")
    need_space(final.parent, NEEDS_GB[kind])
    sweep(final)
    staging = final.with_name(f"{final.name}.part-{os.getpid()}")
    staging.mkdir()
    try:
        fetch_into(staging, kind)
        check_loads(staging / "torch" / "lib" / LIBRARY)
        (staging / "complete.json").write_text(json.dumps(stamp()))
        if final.exists():
            final.rename(staging.with_name(f"{final.name}.part-old"))
        staging.rename(final)
    finally:
        sweep(final)


def sweep(final):
    """Deletes what broken-off set-ups left beside `final`. Called under the lock only."""
    for leftover in final.parent.glob(f"{final.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def fetch_into(staging, kind):
    wheels = staging / "wheels"
    wheels.mkdir()
    download([f"torch=={TORCH}"], wheels, "--no-deps")
    torch_wheel = next(wheels.glob("torch-*.whl"))
    if sys.platform == "linux" and kind == "cpu":
        download(CUDA_RUNTIME, wheels, "--no-deps")
    elif sys.platform == "linux":
        download(cuda_requirements(torch_wheel), wheels)
    for wheel in sorted(wheels.glob("*.whl")):
        say(f"unpacking {wheel.name}")
        unpack(wheel, staging, kind)
    shutil.rmtree(wheels)
    if sys.platform == "linux" and kind == "cpu":
        # libtorch.so is an empty shell that asks for both halves. Linkers differ in whether they drop it.
        shell = staging / "torch" / "lib" / "libtorch.so"
        shell.unlink()
        shell.symlink_to(LIBRARY)


def cuda_requirements(torch_wheel):
    """What the torch wheel itself requires from NVIDIA, without the parts only its Python side uses."""
    import zipfile

    with zipfile.ZipFile(torch_wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    # The closing quote is not matched: the marker may name the machine as well.
    listed = [line[len("Requires-Dist: "):] for line in lines if line.startswith("Requires-Dist: ")]
    nvidia = [r.split(";")[0].strip() for r in listed if 'platform_system == "Linux' in r and "extra ==" not in r]
    return [r for r in nvidia if not r.startswith(PYTHON_SIDE)]


def download(requirements, folder, *options):
    if not (python := python_with_pip()):
        raise SetupError("pip is missing:\n    sudo apt-get install python3-pip")
    command = [python, "-m", "pip", "download", *requirements, *options, "--dest", str(folder)]
    command += ["--only-binary", ":all:", "--python-version", WHEEL_PYTHON]
    if run_pip(command, folder).returncode:
        raise SetupError(
            f"pip could not fetch {requirements[0]}; its own words are above.\n"
            "Without a network: install torch " + TORCH + " into this Python some other way, and it will be used.\n"
            "What was broken off is fetched again by the next `make setup`."
        )


def run_pip(command, folder):
    """pip with its progress on standard error, and its temporary files beside the target: /tmp may be small."""
    environment = {**os.environ, "TMPDIR": str(folder), "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    environment.update(PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore")
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def python_with_pip():
    """This Python, or the system's; Debian ships Python without pip, so as root it is installed."""
    for install in (False, True):
        if install and not (can_install() and apt_install(["python3-pip"])):
            break
        for python in (sys.executable, "/usr/bin/python3"):
            quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if os.path.exists(python) and subprocess.run([python, "-m", "pip", "--version"], **quiet).returncode == 0:
                return python
    return None


def unpack(wheel, staging, kind):
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if is_kept(name, kind):
                archive.extract(name, staging)


def is_kept(name, kind):
    """Libraries, torch's headers, versions and licences: half of the wheel's 1.2 GB is not needed."""
    if name == "torch/version.py" or ".dist-info/" in name:
        return True
    if name.startswith("torch/include/"):
        return True
    file = name.rsplit("/", 1)[-1]
    if "/lib/" not in name or not re.search(r"\.(so|dylib)(\.|$)", file):
        return False
    # Nothing links the CUDA half where no driver is; the engine sees that it is absent and uses the CPU.
    without_gpu = "cuda" in file and file.startswith(("libtorch", "libc10")) or "nvshmem" in file
    return not ("torch_python" in file or kind == "cpu" and without_gpu)


def check_loads(library):
    """Loads it in another process: what the loader cannot find must show here, not at the first run."""
    code = f"import ctypes; ctypes.CDLL({str(library)!r})"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if seen.returncode:
        reason = seen.stderr.strip().splitlines()[-1]
        raise SetupError(f"the fetched libtorch does not load on this machine ({platform.machine()}): {reason}")


# ---------------------------------------------------------------- the reference's Python


def reference_python():
    """A Python with PyTorch and scikit-learn: this one if it has them, else one of the cache's own."""
    if has_reference():
        return sys.executable
    home = CACHE / f"reference-{TORCH}"
    python = home / "bin" / "python"
    with lock("reference"):
        if not is_whole(home):
            make_reference(home, python)
    return str(python)


def has_reference():
    modules = ("torch", "torchvision", "numpy", "PIL", "safetensors", "sklearn")
    if not all(importlib.util.find_spec(module) for module in modules):
        return False
    from importlib import metadata

    return metadata.version("torch").split("+")[0] == TORCH


def make_reference(home, python):
    # A venv knows its own place and cannot be renamed, so here the stamp alone says that it is whole.
    say(f"making a Python with PyTorch {TORCH} in {home}")
    need_space(home.parent, 9.0)
    shutil.rmtree(home, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", str(home)], stdout=sys.stderr).returncode:
        if not (can_install() and apt_install(["python3-venv"])):
            raise SetupError("this Python cannot make a venv:\n    sudo apt-get install python3-venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True, stdout=sys.stderr)
    # With CUDA's libraries even where there is no GPU: torch's Python side does not load without them.
    if run_pip([str(python), "-m", "pip", "install", *REFERENCE], home).returncode:
        raise SetupError("pip could not install the reference's packages; its own words are above")
    if subprocess.run([str(python), "-c", "import torch, torchvision, sklearn"], stdout=sys.stderr).returncode:
        raise SetupError("the reference's PyTorch does not load; its own words are above")
    (home / "complete.json").write_text(json.dumps(stamp()))


# ---------------------------------------------------------------- shared


@contextlib.contextmanager
def lock(name):
    """Lets one set-up at a time touch the cache; the kernel frees the lock of a process that died."""
    import fcntl  # not on Windows, where main() has said so by now

    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is at work; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def need_space(folder, gigabytes):
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise SetupError(f"{folder} has {free:.1f} GB free, and {gigabytes:.0f} GB are needed; set XDG_CACHE_HOME elsewhere")


def say(text):
    print(f"setup: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"setup: {error}")
    except KeyboardInterrupt:
        sys.exit("setup: stopped; the next call goes on")
    except OSError as error:
        sys.exit(f"setup: {error}")
