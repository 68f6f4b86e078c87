"""The programs that read reports as people do: a browser, and what reads a PDF; installed where they are missing.

On Debian and its kin root installs them as packages; anybody else is told which. What comes from npm is pinned by
`package-lock.json` and lies in `.reports` at the top of the checkout.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
FOLDER = TOP / ".reports"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
INSTALL_SECONDS = 900


class ToolMissing(Exception):
    """A program that a check needs is neither there nor can be installed."""


def program(names: Sequence[str], packages: Sequence[str]) -> Path:
    """Return the first of these programs that is there, installing Debian's packages if none is."""
    if found := _find(names):
        return found
    _install(packages)
    if found := _find(names):
        return found
    raise ToolMissing(f"{' '.join(packages)} did not bring {names[0]}")


def chromium() -> Path:
    """Return Chromium, or a browser made of it."""
    return program(BROWSERS, ("chromium", "fonts-liberation"))


def node_modules() -> Path:
    """Return the folder of the packages that `package.json` names, exactly those of the lock file."""
    lock = HERE / "package-lock.json"
    installed = FOLDER / "package-lock.json"
    if not (FOLDER / "node_modules").is_dir() or installed.read_bytes() != lock.read_bytes():
        npm = program(("npm",), ("nodejs", "npm"))
        FOLDER.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, FOLDER / name)
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, seconds=INSTALL_SECONDS)
    return FOLDER


def run(command: Sequence[str | Path], *, seconds: int, cwd: Path | None = None) -> str:
    """Return what a program prints. Raises ToolMissing with what it says if it fails or takes too long."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        raise ToolMissing(f"{Path(command[0]).name} took more than {seconds} seconds") from late
    if done.returncode:
        raise ToolMissing(f"{' '.join(map(str, command))} failed:\n{(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def _find(names: Sequence[str]) -> Path | None:
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def _install(packages: Sequence[str]) -> None:
    """Install Debian's packages, which root alone may do."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ToolMissing(
            f"make check-reports needs {' and '.join(packages)}: install them, or run it as root on Debian"
        )
    run(["apt-get", "update"], seconds=INSTALL_SECONDS)
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", "--no-install-recommends")
    run([*quiet, *packages], seconds=INSTALL_SECONDS)
