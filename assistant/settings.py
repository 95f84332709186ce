"""Where things live and what was asked for; the only module that reads the environment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from assistant.errors import ModelListError, SettingsError
from assistant.judging import Caution
from assistant.local_models.listing import ModelList

APP_NAME = "essay-assistant"
DEFAULT_MODEL = "qwen2.5-coder-1.5b"
DEFAULT_PORT = 8501
DEFAULT_HUB = "https://huggingface.co"
HOME_VARIABLE = "ESSAY_ASSISTANT_HOME"
"""Moves models, caches, chats and the library together into one folder."""
ESSAYS_VARIABLE = "ESSAY_ASSISTANT_ESSAYS"
MODEL_VARIABLE = "ESSAY_ASSISTANT_MODEL"
OFFLINE_VARIABLE = "ESSAY_ASSISTANT_OFFLINE"
CAUTION_VARIABLE = "ESSAY_ASSISTANT_CAUTION"
HUB_VARIABLE = "ESSAY_ASSISTANT_HUB"
"""Address of a mirror of the model hub."""
LOAD_ANYWAY_VARIABLE = "ESSAY_ASSISTANT_LOAD_ANYWAY"

PACKAGE_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``assistant/``, ``index/``, ``prompts/`` and ``app.py``, in a checkout
and in an installation alike."""
DEFAULT_ESSAYS = PACKAGE_ROOT / "index" / "essays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run of the assistant works with.

    Attributes:
        essays: Folders and files to read essays from, asked once and not kept; empty for those
            of the library.
        model: Catalogue id or the path of a GGUF file.
        is_offline: Whether the network must not be touched.
        models_dir: Where fetched models are kept.
        heads_dir: What models computed of the instructions, kept from one start to the next; may
            be deleted at any time.
        chats_path: The SQLite file of saved chats.
        library_dir: The folder of the essays that are kept.
        model_list_path: The list of the models added, chosen and measured.
        caution: How sure to be before answering, unless the reader chooses otherwise.
        hub_url: Address of the model hub, without a slash at the end.
        load_anyway: Whether to load a model for which memory is short.
    """

    essays: tuple[Path, ...]
    model: str
    is_offline: bool
    models_dir: Path
    heads_dir: Path
    chats_path: Path
    library_dir: Path
    model_list_path: Path
    caution: Caution = Caution.BALANCED
    hub_url: str = DEFAULT_HUB
    load_anyway: bool = False

    def to_environment(self) -> dict[str, str]:
        """Return the variables from which ``load_settings`` makes these choices again."""
        return {
            ESSAYS_VARIABLE: os.pathsep.join(str(path.absolute()) for path in self.essays),
            MODEL_VARIABLE: self.model,
            OFFLINE_VARIABLE: "1" if self.is_offline else "0",
            CAUTION_VARIABLE: self.caution.value,
            LOAD_ANYWAY_VARIABLE: "1" if self.load_anyway else "0",
        }


def load_settings(
    *,
    essays: Sequence[Path] = (),
    model: str = "",
    offline: bool = False,
    caution: Caution | None = None,
    load_anyway: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Make settings from options, then the environment, then defaults.

    Args:
        essays: Folders or files; empty means those of the environment, else the library.
        model: Catalogue id or path; empty means that of the environment, else the one chosen
            for the next start, else the default.
        offline: Whether the network must not be touched; the environment can only add this.
        caution: How sure to be before answering; by default that of the environment, else
            balanced.
        load_anyway: Whether to load a model for which memory is short; the environment can
            only add this.
        environment: Read instead of the process's own.

    Raises:
        SettingsError: A variable has a value that is not accepted.
    """
    env = os.environ if environment is None else environment
    is_offline = _is_set(env, OFFLINE_VARIABLE) or offline
    load_anyway = _is_set(env, LOAD_ANYWAY_VARIABLE) or load_anyway
    caution_text = env.get(CAUTION_VARIABLE, "").strip().lower()
    if caution_text not in ("", *Caution):
        raise SettingsError(
            f"{CAUTION_VARIABLE} is {caution_text!r}; set it to {', '.join(Caution)}, or remove it."
        )
    listed = tuple(Path(part) for part in env.get(ESSAYS_VARIABLE, "").split(os.pathsep) if part)
    if home := env.get(HOME_VARIABLE, ""):
        data_dir = Path(home).expanduser().absolute()
        cache_dir = data_dir / "cache"
    else:
        data_dir = platformdirs.user_data_path(APP_NAME, appauthor=False)
        cache_dir = platformdirs.user_cache_path(APP_NAME, appauthor=False)
    list_path = data_dir / "models.json"
    return Settings(
        essays=tuple(essays) or listed,
        model=model or env.get(MODEL_VARIABLE, "") or _chosen_model(list_path) or DEFAULT_MODEL,
        is_offline=is_offline,
        models_dir=data_dir / "models",
        heads_dir=cache_dir / "heads",
        chats_path=data_dir / "chats.sqlite3",
        library_dir=data_dir / "library",
        model_list_path=list_path,
        caution=caution or (Caution(caution_text) if caution_text else Caution.BALANCED),
        hub_url=env.get(HUB_VARIABLE, "").rstrip("/") or DEFAULT_HUB,
        load_anyway=load_anyway,
    )


def _is_set(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "").strip().lower()
    if text not in ("", "0", "1", "true", "false"):
        raise SettingsError(f"{name} is {text!r}; set it to 1 or 0, or remove it.")
    return text in ("1", "true")


def _chosen_model(list_path: Path) -> str:
    try:
        return ModelList(list_path).chosen()
    except ModelListError:
        # The page of models says what is wrong with the list; answers need no more than a model.
        return ""


def child_environment(**extra: str) -> dict[str, str]:
    """Return the process's own environment with ``extra`` set, for a child process."""
    return {**os.environ, **extra}


def apply_to_environment(settings: Settings) -> None:
    """Let ``load_settings`` in this process, and in those it starts, make these choices again."""
    os.environ.update(settings.to_environment())
