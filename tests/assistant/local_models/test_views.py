from dataclasses import replace
from pathlib import Path

import pytest

from assistant.local_models.listing import AddedModel, Speed
from assistant.local_models.memory import MachineMemory, MemoryNeed
from assistant.local_models.setup import ModelState, ModelStatus, Remedy
from assistant.local_models.shelf import ModelWork, WorkState
from assistant.local_models.stock import StockedModel
from assistant.local_models.views import ModelCard, ModelsView, ProgressView, view_models
from assistant.models import CATALOGUE

GB = 1_000_000_000
DEFAULT, SMALL = CATALOGUE[0], CATALOGUE[-1]
READY = ModelStatus(
    state=ModelState.READY, message="smollm2-135m is ready", fraction=1.0, can_retry=False
)
NO_WORK = ModelWork()
FETCHED = StockedModel(
    name=SMALL.id,
    path=Path("/models/small.gguf"),
    size_bytes=SMALL.size_bytes,
    sha256=SMALL.sha256,
    licence="Apache-2.0",
    is_present=True,
    is_verified=True,
    need=MemoryNeed(weights=GB, cache=0, work=0, rest=0),
    fault="",
    speed=None,
    model=SMALL,
    added=None,
)
ABSENT = replace(FETCHED, name=DEFAULT.id, model=DEFAULT, is_present=False, is_verified=False)
ADDED = AddedModel(
    path=Path("/own/own.gguf"),
    sha256="ab" * 32,
    size_bytes=5,
    mtime_ns=7,
    added_at="2024-05-03T12:00:00+00:00",
)
OWN = replace(FETCHED, name="/own/own.gguf", path=ADDED.path, model=None, added=ADDED, licence="")


def view(
    *stock: StockedModel,
    in_use: str = SMALL.id,
    status: ModelStatus = READY,
    work: ModelWork = NO_WORK,
    is_offline: bool = False,
    available: int = 8 * GB,
) -> ModelsView:
    return view_models(
        stock,
        status=status,
        in_use=in_use,
        work=work,
        machine=MachineMemory(total=16 * GB, available=available),
        is_offline=is_offline,
    )


def facts(card: ModelCard) -> dict[str, str]:
    return {fact.label: fact.text for fact in card.facts}


def test_the_machine_is_told_with_its_memory() -> None:
    assert view().machine == "This machine has 16.0 GB of memory; 8.0 GB of it are free."


def test_the_model_in_use_can_be_measured_and_neither_chosen_nor_deleted() -> None:
    (card,) = view(FETCHED).cards
    assert (card.badge, card.is_in_use, card.acts) == ("In use", True, ("measure",))
    assert facts(card)["File"] == "verified by its SHA-256"


def test_a_model_that_is_not_here_can_be_fetched_and_says_how_large_it_is() -> None:
    (card,) = view(ABSENT).cards
    assert card.badge == "Not fetched · the default"
    assert (card.acts, card.fetch_label) == (("fetch",), "Fetch (98 MB)")
    assert "File" not in facts(card)


def test_offline_nothing_can_be_fetched() -> None:
    assert view(ABSENT, is_offline=True).cards[0].acts == ()


def test_a_model_that_is_here_can_be_used_or_deleted_after_a_question() -> None:
    (card,) = view(FETCHED, in_use="other").cards
    assert card.acts == ("use", "delete")
    assert card.question == "Delete small.gguf (98 MB)? It can be fetched again."


def test_a_file_of_the_readers_own_can_be_taken_off_the_list_and_is_never_deleted() -> None:
    (card,) = view(OWN).cards
    assert (card.title, card.place, card.acts) == ("own.gguf", "/own/own.gguf", ("use", "remove"))
    assert facts(card)["File"] == "as it was added on 3 May 2024 (SHA-256 b179c9523d0e…)"
    assert facts(card)["Licence"] == "not stated in the file"


def test_a_file_written_to_since_is_marked() -> None:
    (card,) = view(replace(OWN, is_verified=False)).cards
    (fact,) = [fact for fact in card.facts if fact.is_warning]
    assert fact.text.startswith("written to since it was added on 3 May 2024")


def test_a_file_that_is_gone_can_only_be_taken_off_the_list() -> None:
    (card,) = view(replace(OWN, is_present=False)).cards
    assert (card.badge, card.acts) == ("Missing", ("remove",))


def test_a_file_only_in_use_can_be_kept_in_the_list() -> None:
    (card,) = view(replace(OWN, added=None), in_use=OWN.name).cards
    assert card.acts == ("measure", "add")


def test_too_little_memory_is_marked_before_the_model_is_chosen() -> None:
    (card,) = view(FETCHED, in_use="other", available=GB // 2).cards
    (fact,) = [fact for fact in card.facts if fact.is_warning]
    assert fact.text == "about 1.0 GB, more than the 500 MB free now"
    assert not any(fact.is_warning for fact in view(FETCHED, available=0).cards[0].facts)


def test_a_speed_is_shown_with_its_day() -> None:
    speed = Speed(reading=80.4, writing=20.2, measured_at="2024-05-03T12:00:00+00:00")
    (card,) = view(replace(FETCHED, speed=speed)).cards
    assert facts(card)["Speed"] == (
        "reads 80 and writes 20 tokens a second (measured on 3 May 2024)"
    )


def test_work_under_way_stands_on_its_card_and_keeps_others_from_beginning_any() -> None:
    work = ModelWork(model=DEFAULT.id, state=WorkState.RUNNING, message="half", fraction=0.5)
    absent, used = view(ABSENT, FETCHED, work=work).cards
    assert absent.progress == ProgressView(message="half", fraction=0.5, stop="stop_work")
    assert (absent.acts, used.acts) == ((), ())
    assert view(ABSENT, work=work).is_busy


def test_a_load_under_way_stands_on_the_card_of_the_model_chosen() -> None:
    status = replace(READY, state=ModelState.LOADING, message="Loading", fraction=0.4)
    (card,) = view(FETCHED, status=status).cards
    assert card.progress == ProgressView(message="Loading", fraction=0.4, stop="stop_loading")
    assert not card.is_in_use


def test_a_stopped_fetch_can_be_gone_on_with() -> None:
    work = ModelWork(model=DEFAULT.id, state=WorkState.STOPPED, message="Stopped.")
    (card,) = view(ABSENT, work=work).cards
    assert (card.fetch_label, card.news, card.is_bad_news) == ("Go on fetching", "Stopped.", False)


def test_a_file_being_added_stands_at_the_line_that_adds_it() -> None:
    work = ModelWork(model="/new.gguf", state=WorkState.RUNNING, message="Reading", fraction=0.1)
    adding = view(FETCHED, work=work).adding
    assert adding == ProgressView(message="Reading", fraction=0.1, stop="stop_work")
    failed = replace(work, state=WorkState.FAILED, message="It is no GGUF file.")
    assert view(FETCHED, work=failed).add_news == "It is no GGUF file."


@pytest.mark.parametrize("state", [ModelState.READY, ModelState.FAILED])
def test_a_refused_model_is_told_of_with_what_to_say_to_it(state: ModelState) -> None:
    status = replace(
        READY, state=state, message="Too little.", refused="big", remedy=Remedy.LOAD_ANYWAY
    )
    shown = view(FETCHED, status=status)
    assert (shown.notice, shown.remedy) == ("Too little.", "Load it anyway")


def test_a_model_that_is_ready_needs_no_word() -> None:
    assert (view(FETCHED).notice, view(FETCHED).remedy) == ("", "")
