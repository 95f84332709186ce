"""Where things live, from options, the environment and defaults."""

import os
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.judging import Caution
from assistant.local_models.listing import ModelList
from assistant.settings import (
    CAUTION_VARIABLE,
    DEFAULT_ESSAYS,
    DEFAULT_MODEL,
    ESSAYS_VARIABLE,
    HOME_VARIABLE,
    MODEL_VARIABLE,
    OFFLINE_VARIABLE,
    PACKAGE_ROOT,
    child_environment,
    load_settings,
)


def test_nothing_given_means_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(environment={HOME_VARIABLE: str(tmp_path)})
    assert settings.essays == ()
    assert settings.model == DEFAULT_MODEL
    assert not settings.is_offline
    assert settings.caution is Caution.BALANCED


def test_the_folder_of_the_package_holds_what_the_app_needs() -> None:
    for name in ("assistant", "index", "prompts", "app.py"):
        assert (PACKAGE_ROOT / name).exists()
    assert any(DEFAULT_ESSAYS.glob("*.md"))


def test_the_environment_stands_in_for_options() -> None:
    settings = load_settings(
        environment={
            ESSAYS_VARIABLE: os.pathsep.join(["/a b", "c.md"]),
            MODEL_VARIABLE: "/m.gguf",
            OFFLINE_VARIABLE: "1",
        }
    )
    assert settings.essays == (Path("/a b"), Path("c.md"))
    assert settings.model == "/m.gguf"
    assert settings.is_offline


def test_options_go_before_the_environment() -> None:
    settings = load_settings(
        essays=[Path("mine")],
        model="small",
        environment={ESSAYS_VARIABLE: "/theirs", MODEL_VARIABLE: "big"},
    )
    assert settings.essays == (Path("mine"),)
    assert settings.model == "small"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("0", False), ("false", False), ("1", True), ("TRUE", True), (" 1 ", True)],
)
def test_offline_is_read_from_the_environment(text: str, expected: bool) -> None:
    assert load_settings(environment={OFFLINE_VARIABLE: text}).is_offline is expected


def test_the_environment_cannot_take_offline_back() -> None:
    assert load_settings(offline=True, environment={OFFLINE_VARIABLE: "0"}).is_offline


def test_another_value_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(SettingsError, match=rf"{OFFLINE_VARIABLE} is 'maybe'; set it to 1 or 0"):
        load_settings(environment={OFFLINE_VARIABLE: "Maybe"})


def test_caution_is_read_from_the_environment_and_an_option_goes_before_it() -> None:
    environment = {CAUTION_VARIABLE: " Bold "}
    assert load_settings(environment=environment).caution is Caution.BOLD
    careful = load_settings(caution=Caution.CAREFUL, environment=environment)
    assert careful.caution is Caution.CAREFUL


def test_another_caution_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(SettingsError, match=r"is 'wild'; set it to careful, balanced, bold"):
        load_settings(environment={CAUTION_VARIABLE: "wild"})


def test_one_variable_moves_everything_that_is_kept(tmp_path: Path) -> None:
    settings = load_settings(environment={HOME_VARIABLE: str(tmp_path)})
    kept = (settings.models_dir, settings.heads_dir, settings.chats_path, settings.library_dir)
    assert all(path.is_relative_to(tmp_path) for path in kept)
    assert len(set(kept)) == 4


def test_without_it_nothing_is_kept_beside_the_program() -> None:
    settings = load_settings(environment={})
    for path in (
        *(settings.models_dir, settings.heads_dir),
        *(settings.chats_path, settings.library_dir),
    ):
        assert path.is_absolute()
        assert not path.is_relative_to(PACKAGE_ROOT)


@pytest.mark.parametrize("home", ["here", "~/there"])
def test_a_home_given_short_becomes_a_whole_path(home: str) -> None:
    assert load_settings(environment={HOME_VARIABLE: home}).models_dir.is_absolute()


@pytest.mark.parametrize("offline", [False, True])
def test_a_child_gets_the_same_settings_from_its_environment(tmp_path: Path, offline: bool) -> None:
    home = {HOME_VARIABLE: str(tmp_path)}
    settings = load_settings(
        essays=[tmp_path / "a folder", tmp_path / "b.md"],
        model="smollm2-135m",
        offline=offline,
        caution=Caution.CAREFUL,
        environment=home,
    )
    assert load_settings(environment={**home, **settings.to_environment()}) == settings


def test_relative_essays_mean_the_same_in_a_child_that_runs_elsewhere() -> None:
    made = load_settings(essays=[Path("essays")], environment={}).to_environment()
    assert load_settings(environment=made).essays == (Path.cwd() / "essays",)


def test_a_child_inherits_the_environment_with_what_is_added() -> None:
    environment = child_environment(ESSAY_TEST="1")
    assert environment["ESSAY_TEST"] == "1"
    assert environment["PATH"] == os.environ["PATH"]
    assert "ESSAY_TEST" not in os.environ


def test_the_model_chosen_counts_until_another_is_named(tmp_path: Path) -> None:
    home = {HOME_VARIABLE: str(tmp_path)}
    ModelList(load_settings(environment=home).model_list_path).choose("smollm2-135m")
    assert load_settings(environment=home).model == "smollm2-135m"
    assert load_settings(model="/m.gguf", environment=home).model == "/m.gguf"
    assert load_settings(environment={**home, MODEL_VARIABLE: "/e.gguf"}).model == "/e.gguf"


def test_a_damaged_list_of_models_means_the_default_model(tmp_path: Path) -> None:
    home = {HOME_VARIABLE: str(tmp_path)}
    load_settings(environment=home).model_list_path.write_text("{")
    assert load_settings(environment=home).model == DEFAULT_MODEL


def test_loading_anyway_is_passed_on_to_the_page(tmp_path: Path) -> None:
    settings = load_settings(load_anyway=True, environment={HOME_VARIABLE: str(tmp_path)})
    assert load_settings(environment=settings.to_environment()).load_anyway
