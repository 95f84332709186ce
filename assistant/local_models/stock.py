"""Which models there are: those of the catalogue and those added by path, with what is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from assistant.errors import ModelError, ModelFileError, ModelNotFoundError
from assistant.local_models.digests import has_same_stamp
from assistant.local_models.files import read_header
from assistant.local_models.listing import AddedModel, ModelList, Speed
from assistant.local_models.memory import MemoryNeed, ModelShape, estimate_need, read_shape
from assistant.local_models.sources import length
from assistant.models import CATALOGUE, CatalogueModel, find_model, remove_stamp
from assistant.settings import Settings

CATALOGUE_SHAPES: Final[Mapping[str, ModelShape]] = {
    "qwen2.5-coder-1.5b": ModelShape(
        file_bytes=1_117_320_768,
        cache_floats=14_336,
        n_tokens=151_936,
        n_vocabulary_items=303_323,
        context_tokens=32_768,
    ),
    "qwen2.5-coder-0.5b": ModelShape(
        file_bytes=491_400_064,
        cache_floats=6_144,
        n_tokens=151_936,
        n_vocabulary_items=303_323,
        context_tokens=32_768,
    ),
    "smollm2-135m": ModelShape(
        file_bytes=98_362_432,
        cache_floats=11_520,
        n_tokens=49_152,
        n_vocabulary_items=98_052,
        context_tokens=8_192,
    ),
}
"""The shapes of models that may not have been fetched yet.

Source: their files' headers, by ``read_shape``.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockedModel:
    """A model of the catalogue, one that was added by path, or one only in use by its path.

    Attributes:
        name: What it is chosen by: its id, or its whole path.
        path: Where its file lies, or would lie.
        size_bytes: Size of the file.
        sha256: The digest that it must have.
        licence: As the catalogue or the file says; empty if the file does not.
        is_present: Whether a file is there.
        is_verified: Whether the file had that digest and was not changed since, as far as its
            size and time tell.
        need: The memory it takes; ``None`` if its file cannot be read.
        fault: What is wrong with the file; empty if nothing is known to be.
        speed: The last one measured; ``None`` if none was.
        model: The catalogue's entry; ``None`` for a model added by path.
        added: What was remembered of a model added by path.
    """

    name: str
    path: Path
    size_bytes: int
    sha256: str
    licence: str
    is_present: bool
    is_verified: bool
    need: MemoryNeed | None
    fault: str
    speed: Speed | None
    model: CatalogueModel | None
    added: AddedModel | None


def stock_models(
    settings: Settings, *, in_use: str = "", catalogue: Iterable[CatalogueModel] = CATALOGUE
) -> tuple[StockedModel, ...]:
    """Return the models of the catalogue, then those added, each in their order.

    Headers are read once for each state of a file, the rest at every call.

    Args:
        settings: They say where the models and their list lie.
        in_use: A model that stands at the end if it is neither: one that was given by its path
            for this run only.
        catalogue: The models that can be fetched.

    Raises:
        ModelListError: The list of models cannot be read.
    """
    kept = ModelList(settings.model_list_path)
    speeds = kept.speeds()
    fetched = [_stock_catalogue(model, settings, speeds) for model in catalogue]
    stock = (*fetched, *(_stock_file(one.path, speeds, added=one) for one in kept.added()))
    if in_use and in_use not in (one.name for one in stock):
        return (*stock, _stock_file(Path(in_use), speeds, added=None))
    return stock


def remove_model(settings: Settings, name: str) -> None:
    """Take a model that was added off the list; its file is not touched.

    Args:
        settings: They say where the list lies.
        name: Its whole path.

    Raises:
        ModelNotFoundError: No such model was added.
        ModelListError: The list of models cannot be read or written.
    """
    kept = ModelList(settings.model_list_path)
    if name not in (str(one.path) for one in kept.added()):
        raise ModelNotFoundError(
            f"{name!r} was not added by its path; a model of the catalogue can be deleted."
        )
    kept.forget(name)


def delete_model(settings: Settings, name: str) -> Path:
    """Delete the file of a model of the catalogue, and return where it was.

    Raises:
        ModelNotFoundError: There is no such model in the catalogue, or it is not here.
        ModelError: Its file cannot be deleted.
    """
    located = find_model(name, models_dir=settings.models_dir)
    if located.model is None:
        raise ModelNotFoundError(f"{name!r} is a file, and no model of the catalogue.")
    try:
        located.path.unlink()
    except FileNotFoundError:
        raise ModelNotFoundError(f"{name!r} is not on this machine.") from None
    except OSError as error:
        raise ModelError(f"{str(located.path)!r} cannot be deleted: {error.strerror}.") from error
    remove_stamp(located.path)
    ModelList(settings.model_list_path).forget(name)
    return located.path


def full_name(name: str, *, models_dir: Path) -> str:
    """Return what a model is called in the stock: its id, or its whole path.

    A name that is neither an id nor a file is returned as it is.
    """
    try:
        located = find_model(name, models_dir=models_dir)
    except ModelNotFoundError:
        return name
    return located.model.id if located.model else str(located.path)


def _stock_catalogue(
    model: CatalogueModel, settings: Settings, speeds: Mapping[str, Speed]
) -> StockedModel:
    located = find_model(model.id, models_dir=settings.models_dir, catalogue=(model,))
    shape = CATALOGUE_SHAPES.get(model.id)
    need, fault = (estimate_need(shape), "") if shape else (None, "")
    if shape is None and located.is_present:
        need, _, fault = _look_into(located.path)
    return StockedModel(
        name=model.id,
        path=located.path,
        size_bytes=model.size_bytes,
        sha256=model.sha256,
        licence=model.licence,
        is_present=located.is_present,
        is_verified=located.is_verified,
        need=need,
        fault=fault,
        speed=speeds.get(model.id),
        model=model,
        added=None,
    )


def _stock_file(
    path: Path, speeds: Mapping[str, Speed], *, added: AddedModel | None
) -> StockedModel:
    is_present = path.is_file()
    need, licence, fault = _look_into(path) if is_present else (None, "", "")
    return StockedModel(
        name=str(path),
        path=path,
        size_bytes=added.size_bytes if added else length(path),
        sha256=added.sha256 if added else "",
        licence=licence,
        is_present=is_present,
        is_verified=added is not None and has_same_stamp(added),
        need=need,
        fault=fault,
        speed=speeds.get(str(path)),
        model=None,
        added=added,
    )


def _look_into(path: Path) -> tuple[MemoryNeed | None, str, str]:
    """Return what a file's model needs, its licence, and what is wrong with it."""
    try:
        status = path.stat()
        return _look_once(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        return None, "", f"{str(path)!r} cannot be read: {error.strerror}."


@lru_cache(maxsize=64)
def _look_once(path: Path, size: int, mtime_ns: int) -> tuple[MemoryNeed | None, str, str]:
    """Read a header; size and time are those of the file, so that a changed one is read again."""
    try:
        header = read_header(path)
        need = estimate_need(read_shape(header))
    except ModelFileError as error:
        return None, "", str(error)
    licence = header.values.get("general.license", "")
    return need, licence if isinstance(licence, str) else "", ""
