import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import (
    ModelChangedError,
    ModelError,
    ModelLoadError,
    ModelMemoryError,
    ModelNotFoundError,
    StoppedError,
)
from assistant.local_models.keeper import ModelKeeper
from assistant.local_models.listing import AddedModel, ModelList
from assistant.local_models.memory import MachineMemory, estimate_file
from assistant.local_models.setup import ModelState, ModelStatus, Remedy
from assistant.settings import HOME_VARIABLE, Settings, load_settings
from tests.assistant.gguf_files import write_gguf
from tests.fakes import FakeModel

_PATIENCE_S = 20.0


class ClosableFake(FakeModel):
    """A fake that knows whether it was closed."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


class Factory:
    """Makes a fake for each name, after the errors that are in its way."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.made: list[ClosableFake] = []
        self.asked: list[Settings] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(
        self,
        settings: Settings,
        *,
        on_status: Callable[[ModelStatus], None],
        cancelled: threading.Event,
    ) -> ClosableFake:
        self.asked.append(settings)
        while not self.may_go_on.wait(0.005):
            if cancelled.is_set():
                raise StoppedError("stopped")
        if self.errors:
            raise self.errors.pop(0)
        self.made.append(ClosableFake(name=Path(settings.model).stem))
        return self.made[-1]


class Desk:
    """A keeper with two models of the reader's own, a and b."""

    def __init__(self, folder: Path) -> None:
        self.a = str(write_gguf(folder / "a.gguf"))
        self.b = str(write_gguf(folder / "b.gguf"))
        self.settings = load_settings(model=self.a, environment={HOME_VARIABLE: str(folder)})
        self.factory = Factory()
        self.available = 1 << 40
        self.keeper = ModelKeeper(
            self.settings,
            model_factory=self.factory,
            read_memory=lambda: MachineMemory(total=1 << 41, available=self.available),
        )

    def wait(self) -> ModelStatus:
        """Wait until no load is under way."""
        waited = threading.Event()
        for _ in range(int(_PATIENCE_S / 0.005)):
            if self.keeper._loader is None:
                return self.keeper.status()
            waited.wait(0.005)
        raise AssertionError(f"still under way: {self.keeper.status()!r}")

    @property
    def chosen(self) -> str:
        return ModelList(self.settings.model_list_path).chosen()

    def lent(self) -> str:
        with self.keeper.wait_for(threading.Event()) as model:
            return model.name


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.factory.may_go_on.set()
    desk.keeper.close()


def test_a_choice_takes_the_place_of_the_model_and_is_remembered(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    assert desk.chosen == ""
    desk.keeper.choose(desk.b)
    assert desk.wait().state is ModelState.READY
    assert (desk.lent(), desk.keeper.name, desk.chosen) == ("b", desk.b, desk.b)
    assert [model.is_closed for model in desk.factory.made] == [True, False]


def test_what_is_no_model_is_refused_at_once_and_changes_nothing(desk: Desk) -> None:
    desk.keeper.start()
    with pytest.raises(ModelNotFoundError, match="'nobody'"):
        desk.keeper.choose("nobody")
    desk.wait()
    assert desk.lent() == "a"


def test_the_model_in_use_is_not_loaded_again(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    desk.keeper.choose(desk.a)
    desk.wait()
    assert len(desk.factory.asked) == 1


def test_an_answer_under_way_keeps_its_model_until_it_is_over(desk: Desk) -> None:
    desk.keeper.start()
    with desk.keeper.wait_for(threading.Event()) as model:
        desk.keeper.choose(desk.b)
        desk.wait()
        assert model.name == "a"
        assert not desk.factory.made[0].is_closed
    assert desk.factory.made[0].is_closed
    assert desk.lent() == "b"


def test_a_question_asked_after_a_choice_waits_for_the_model_chosen(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    desk.factory.may_go_on.clear()
    desk.keeper.choose(desk.b)
    threading.Timer(0.05, desk.factory.may_go_on.set).start()
    assert desk.lent() == "b"


def test_a_model_that_cannot_be_had_leaves_the_one_before(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    desk.factory.errors = [ModelLoadError("It is damaged.")]
    desk.keeper.choose(desk.b)
    status = desk.wait()
    assert (status.state, status.refused, status.remedy) == (ModelState.READY, desk.b, None)
    assert status.message == "It is damaged. a stays in use."
    assert (desk.lent(), desk.keeper.name, desk.chosen) == ("a", desk.a, "")


def test_the_last_of_two_choices_counts(desk: Desk) -> None:
    desk.factory.may_go_on.clear()
    desk.keeper.start()
    desk.keeper.choose(desk.b)
    desk.factory.may_go_on.set()
    assert desk.lent() == "b"


def test_a_stopped_choice_leaves_the_one_before(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    desk.factory.may_go_on.clear()
    desk.keeper.choose(desk.b)
    desk.keeper.stop()
    assert "a stays in use" in desk.wait().message
    assert desk.lent() == "a"


def test_too_little_memory_is_said_and_the_model_loaded_anyway_if_the_reader_says_so(
    desk: Desk,
) -> None:
    desk.factory.errors = [ModelMemoryError("Too little.", needed_bytes=1 << 50)]
    desk.keeper.start()
    status = desk.wait()
    assert (status.state, status.remedy) == (ModelState.FAILED, Remedy.LOAD_ANYWAY)
    assert status.refused == desk.a
    with pytest.raises(ModelError, match="Too little"):
        desk.lent()
    desk.keeper.insist()
    desk.wait()
    assert desk.lent() == "a"
    desk.keeper.choose(desk.b)
    desk.wait()
    assert [settings.load_anyway for settings in desk.factory.asked] == [False, True, False]


def make_room(desk: Desk) -> None:
    """Let the next model fit only when the one in use is unloaded."""
    need = estimate_file(Path(desk.a))
    desk.available = 0
    desk.factory.errors = [ModelMemoryError("Too little.", needed_bytes=need.freed)]


def test_the_model_before_is_unloaded_first_if_both_do_not_fit(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    make_room(desk)
    desk.keeper.choose(desk.b)
    assert desk.wait().state is ModelState.READY
    assert desk.factory.made[0].is_closed
    assert desk.lent() == "b"


def test_it_is_unloaded_only_once_its_answer_is_over(desk: Desk) -> None:
    desk.keeper.start()
    with desk.keeper.wait_for(threading.Event()) as model:
        make_room(desk)
        desk.keeper.choose(desk.b)
        while "Waiting for the answer" not in desk.keeper.status().message:
            threading.Event().wait(0.005)
        assert model.name == "a"
        assert not desk.factory.made[0].is_closed
    desk.wait()
    assert desk.lent() == "b"


def test_it_stays_if_unloading_it_would_not_make_room_enough(desk: Desk) -> None:
    desk.keeper.start()
    desk.wait()
    make_room(desk)
    desk.factory.errors = [ModelMemoryError("Too little.", needed_bytes=1 << 50)]
    desk.keeper.choose(desk.b)
    status = desk.wait()
    assert (status.refused, status.remedy) == (desk.b, Remedy.LOAD_ANYWAY)
    assert desk.lent() == "a"


def test_a_changed_file_is_loaded_only_after_the_reader_says_so(desk: Desk) -> None:
    found = AddedModel(path=Path(desk.a), sha256="cd", size_bytes=1, mtime_ns=1, added_at="now")
    desk.factory.errors = [ModelChangedError("It was changed.", found=found)]
    desk.keeper.start()
    assert desk.wait().remedy is Remedy.ACCEPT_FILE
    assert desk.factory.made == []
    desk.keeper.insist()
    desk.wait()
    assert ModelList(desk.settings.model_list_path).added() == (found,)
    assert desk.lent() == "a"


def test_insisting_without_a_refusal_does_nothing(desk: Desk) -> None:
    desk.keeper.insist()
    assert desk.keeper.status().state is ModelState.STOPPED


def test_a_choice_that_cannot_be_remembered_is_used_and_said(desk: Desk) -> None:
    desk.settings.model_list_path.write_text("{", encoding="utf-8")
    desk.keeper.choose(desk.b)
    assert "but not remembered" in desk.wait().message
    assert desk.lent() == "b"
