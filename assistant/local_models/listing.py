"""What is remembered of models: those added by path, the one chosen, the speeds measured.

One JSON file in the reader's data directory, written whole and put in place at once.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from assistant.errors import ModelListError
from index.whole_file import write_whole

_VERSION = 1
_MAX_BYTES = 4 << 20
_writing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedModel:
    """A GGUF file that was added by its path, as it was then.

    Attributes:
        path: Where it lies, absolute; the file is never moved or changed.
        sha256: Its digest, in lower-case hexadecimal.
        size_bytes: Its size.
        mtime_ns: When it was last written, as its file system says.
        added_at: When it was added or accepted, ISO 8601 with the zone.
    """

    path: Path
    sha256: str
    size_bytes: int
    mtime_ns: int
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast a model worked on this machine, in tokens per second.

    Attributes:
        reading: Tokens of a prompt that were evaluated.
        writing: Tokens that were generated.
        measured_at: When, ISO 8601 with the zone.
    """

    reading: float
    writing: float
    measured_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    chosen: str = ""
    added: tuple[AddedModel, ...] = ()
    speeds: Mapping[str, Speed] = field(default_factory=dict)


class ModelList:
    """The list on the disk; read at every question, so that all who hold it agree.

    Every method may be called from any thread.
    """

    def __init__(self, path: Path) -> None:
        """Remember where the list lies; a file that is not there is an empty list."""
        self._path = path

    def chosen(self) -> str:
        """Return the model chosen for the next start: an id or a path; empty if none was.

        Raises:
            ModelListError: The list cannot be read.
        """
        return self._load().chosen

    def choose(self, name: str) -> None:
        """Remember a model for the next start; an empty name forgets the choice.

        Raises:
            ModelListError: The list cannot be read or written.
        """
        with _writing:
            self._save(replace(self._load(), chosen=name))

    def added(self) -> tuple[AddedModel, ...]:
        """Return the models added by path, in the order in which they were.

        Raises:
            ModelListError: The list cannot be read.
        """
        return self._load().added

    def find(self, path: Path) -> AddedModel | None:
        """Return the model added with this path, if there is one.

        Raises:
            ModelListError: The list cannot be read.
        """
        wanted = path.expanduser().absolute()
        return next((one for one in self.added() if one.path == wanted), None)

    def add(self, model: AddedModel) -> None:
        """Add a model, or note what its file is now; a speed measured with another is dropped.

        Raises:
            ModelListError: The list cannot be read or written.
        """
        with _writing:
            kept = self._load()
            before = next((one for one in kept.added if one.path == model.path), None)
            speeds = dict(kept.speeds)
            if before is not None and before.sha256 != model.sha256:
                speeds.pop(str(model.path), None)
            others = [model if one.path == model.path else one for one in kept.added]
            added = (*others, *(() if before else (model,)))
            self._save(replace(kept, added=added, speeds=speeds))

    def forget(self, name: str) -> None:
        """Take a model off the list, with its speed and its choice; its file is not touched.

        Args:
            name: The path of a model that was added, or an id of the catalogue.

        Raises:
            ModelListError: The list cannot be read or written.
        """
        with _writing:
            kept = self._load()
            self._save(
                _Kept(
                    chosen="" if kept.chosen == name else kept.chosen,
                    added=tuple(one for one in kept.added if str(one.path) != name),
                    speeds={key: value for key, value in kept.speeds.items() if key != name},
                )
            )

    def speeds(self) -> Mapping[str, Speed]:
        """Return the last speed of each model measured, by id or path.

        Raises:
            ModelListError: The list cannot be read.
        """
        return self._load().speeds

    def keep_speed(self, name: str, speed: Speed) -> None:
        """Remember a speed in the place of an earlier one.

        Raises:
            ModelListError: The list cannot be read or written.
        """
        with _writing:
            kept = self._load()
            self._save(replace(kept, speeds={**kept.speeds, name: speed}))

    def _load(self) -> _Kept:
        try:
            with self._path.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            return _Kept()
        except OSError as error:
            raise self._fault(f"cannot be read: {error.strerror}") from error
        if len(content) > _MAX_BYTES:
            raise self._fault(f"has more than {_MAX_BYTES:,} bytes")
        try:
            return _parse(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._fault("is damaged") from error

    def _save(self, kept: _Kept) -> None:
        value = {
            "version": _VERSION,
            "chosen": kept.chosen,
            "added": [{**asdict(one), "path": str(one.path)} for one in kept.added],
            "speeds": {name: asdict(speed) for name, speed in kept.speeds.items()},
        }
        try:
            write_whole(self._path, json.dumps(value, indent=1).encode())
        except OSError as error:
            raise self._fault(f"cannot be written: {error.strerror}") from error

    def _fault(self, what: str) -> ModelListError:
        return ModelListError(
            f"The list of models {str(self._path)!r} {what}. Delete it to begin a new one; the"
            " models themselves are not touched by that."
        )


def _parse(value: object) -> _Kept:
    """Make the list from its JSON value.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: It is not what was written.
    """
    if not isinstance(value, dict) or value["version"] != _VERSION:
        raise ValueError(f"no list of version {_VERSION}")
    return _Kept(
        chosen=_text(value["chosen"]),
        added=tuple(
            AddedModel(
                path=Path(_text(one["path"])),
                sha256=_text(one["sha256"]),
                size_bytes=int(one["size_bytes"]),
                mtime_ns=int(one["mtime_ns"]),
                added_at=_text(one["added_at"]),
            )
            for one in value["added"]
        ),
        speeds={
            _text(name): Speed(
                reading=float(one["reading"]),
                writing=float(one["writing"]),
                measured_at=_text(one["measured_at"]),
            )
            for name, one in value["speeds"].items()
        },
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
