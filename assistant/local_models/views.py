"""What the page of models shows, made from values: no drawing, no Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from assistant.errors import ModelListError
from assistant.local_models.keeper import ModelKeeper
from assistant.local_models.listing import Speed
from assistant.local_models.memory import MachineMemory, read_machine_memory, show_bytes
from assistant.local_models.setup import ModelState, ModelStatus
from assistant.local_models.shelf import ModelWork, WorkState
from assistant.local_models.stock import StockedModel
from assistant.settings import DEFAULT_MODEL

_UNDER_WAY: Final = (ModelState.FETCHING, ModelState.LOADING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something to know about a model; ``is_warning`` if it speaks against using it."""

    label: str
    text: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """Something under way.

    Attributes:
        message: What goes on, in words.
        fraction: How much is done, 0 to 1.
        stop: The act that stops it.
    """

    message: str
    fraction: float
    stop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model on the page.

    Attributes:
        name: Its id or whole path, which its acts are about.
        title: How it is called.
        place: The path of a file of the reader's own; empty for a model of the catalogue.
        badge: Where it is: in use, here, not fetched, missing.
        is_in_use: Whether it answers now.
        facts: What there is to know.
        progress: What goes on with it; ``None`` if nothing does.
        news: What came of the last work on it; may be empty.
        is_bad_news: Whether that is a failure.
        acts: What can be done with it now: ``use``, ``fetch``, ``measure``, ``add``, ``remove``
            or ``delete``.
        fetch_label: What the button to fetch it says.
        question: What is asked before it is deleted.
    """

    name: str
    title: str
    place: str
    badge: str
    is_in_use: bool
    facts: tuple[Fact, ...]
    progress: ProgressView | None
    news: str
    is_bad_news: bool
    acts: tuple[str, ...]
    fetch_label: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsView:
    """The page of models.

    Attributes:
        machine: The memory of this machine, in words.
        notice: What became of the model last chosen; empty unless that needs a word.
        remedy: What the button says that loads a refused model all the same; may be empty.
        cards: The models.
        adding: A file being added that is no card yet; ``None`` if none is.
        add_news: What came of adding a file that is no card; may be empty.
        is_busy: Whether something goes on.
    """

    machine: str
    notice: str
    remedy: str
    cards: tuple[ModelCard, ...]
    adding: ProgressView | None
    add_news: str
    is_busy: bool

    @classmethod
    def empty(cls, notice: str) -> Self:
        """Return a page on which there is nothing but a notice."""
        return cls(
            machine="",
            notice=notice,
            remedy="",
            cards=(),
            adding=None,
            add_news="",
            is_busy=False,
        )


def view_keeper(keeper: ModelKeeper) -> ModelsView:
    """Return what to show of the models as they are now."""
    # Before the stock, so that what has just become of the work is in it.
    status, work, in_use = keeper.status(), keeper.shelf.work(), keeper.name
    notice = ""
    try:
        stock = keeper.shelf.stock(in_use=in_use)
    except ModelListError as error:
        stock, notice = (), str(error)
    view = view_models(
        stock,
        status=status,
        in_use=in_use,
        work=work,
        machine=read_machine_memory(),
        is_offline=keeper.shelf.is_offline,
    )
    return replace(view, notice=notice, remedy="") if notice else view


def view_models(
    stock: Sequence[StockedModel],
    *,
    status: ModelStatus,
    in_use: str,
    work: ModelWork,
    machine: MachineMemory,
    is_offline: bool,
) -> ModelsView:
    """Return what to show of models.

    Args:
        stock: The models, in the order in which they are shown.
        status: How far the model in use is.
        in_use: Its name.
        work: The last piece of work.
        machine: The memory there is.
        is_offline: Whether nothing can be fetched.
    """
    cards = tuple(
        _view_card(
            one, status=status, in_use=in_use, work=work, machine=machine, is_offline=is_offline
        )
        for one in stock
    )
    is_elsewhere = work.model not in (card.name for card in cards)
    needs_word = status.state is ModelState.FAILED or bool(status.refused)
    return ModelsView(
        machine=f"This machine has {show_bytes(machine.total)} of memory;"
        f" {show_bytes(machine.available)} of it are free.",
        notice=status.message if needs_word else "",
        remedy=status.remedy.value if status.remedy else "",
        cards=cards,
        adding=_view_work(work) if work.is_running and is_elsewhere else None,
        add_news=work.message if not work.is_running and is_elsewhere else "",
        is_busy=work.is_running or status.state in _UNDER_WAY,
    )


def _view_card(
    one: StockedModel,
    *,
    status: ModelStatus,
    in_use: str,
    work: ModelWork,
    machine: MachineMemory,
    is_offline: bool,
) -> ModelCard:
    is_chosen = one.name == in_use
    is_in_use = is_chosen and status.state is ModelState.READY
    is_own_work = work.model == one.name
    progress: ProgressView | None = None
    if is_own_work and work.is_running:
        progress = _view_work(work)
    elif is_chosen and status.state in _UNDER_WAY:
        progress = ProgressView(
            message=status.message, fraction=status.fraction, stop="stop_loading"
        )
    news = work.message if is_own_work and not work.is_running else ""
    return ModelCard(
        name=one.name,
        title=one.model.id if one.model else one.path.name,
        place="" if one.model else str(one.path),
        badge=_badge(one, is_in_use=is_in_use)
        + (" · the default" if one.name == DEFAULT_MODEL else ""),
        is_in_use=is_in_use,
        facts=_facts(one, machine, is_in_use=is_in_use),
        progress=progress,
        news=news,
        is_bad_news=work.state is WorkState.FAILED,
        acts=()
        if progress
        else _acts(
            one,
            is_in_use=is_in_use,
            can_fetch=not is_offline and not work.is_running,
            is_free=not work.is_running,
        ),
        fetch_label="Go on fetching"
        if is_own_work and work.state is WorkState.STOPPED
        else f"Fetch ({show_bytes(one.size_bytes)})",
        question=f"Delete {one.path.name} ({show_bytes(one.size_bytes)})? It can be fetched again.",
    )


def _view_work(work: ModelWork) -> ProgressView:
    return ProgressView(message=work.message, fraction=work.fraction, stop="stop_work")


def _badge(one: StockedModel, *, is_in_use: bool) -> str:
    if is_in_use:
        return "In use"
    if one.is_present:
        return "On this machine"
    return "Not fetched" if one.model else "Missing"


def _acts(one: StockedModel, *, is_in_use: bool, can_fetch: bool, is_free: bool) -> tuple[str, ...]:
    is_stray = one.model is None and one.added is None
    possible = {
        "use": one.is_present and not is_in_use,
        "fetch": one.model is not None and not one.is_present and can_fetch,
        "measure": is_in_use and is_free,
        "add": is_stray and one.is_present and is_free,
        "remove": one.added is not None and not is_in_use and is_free,
        "delete": one.model is not None and one.is_present and not is_in_use and is_free,
    }
    return tuple(act for act, can_be_done in possible.items() if can_be_done)


def _facts(one: StockedModel, machine: MachineMemory, *, is_in_use: bool) -> tuple[Fact, ...]:
    facts = [
        Fact(label="Size", text=show_bytes(one.size_bytes)),
        _memory_fact(one, machine, is_in_use=is_in_use),
        Fact(label="Licence", text=one.licence or "not stated in the file"),
    ]
    if one.is_present or one.model is None:
        facts.append(_file_fact(one))
    if one.speed is not None:
        facts.append(Fact(label="Speed", text=describe_speed(one.speed)))
    return tuple(facts)


def _memory_fact(one: StockedModel, machine: MachineMemory, *, is_in_use: bool) -> Fact:
    if one.need is None:
        return Fact(label="Memory", text="cannot be told")
    needed = one.need.needed
    if is_in_use or needed <= machine.available:
        return Fact(label="Memory", text=f"about {show_bytes(needed)}")
    return Fact(
        label="Memory",
        text=f"about {show_bytes(needed)}, more than the {show_bytes(machine.available)} free now",
        is_warning=True,
    )


def _file_fact(one: StockedModel) -> Fact:
    if one.fault:
        return Fact(label="File", text=one.fault, is_warning=True)
    if not one.is_present:
        return Fact(label="File", text="no longer where it was", is_warning=True)
    if one.model is not None:
        return Fact(
            label="File",
            text="verified by its SHA-256"
            if one.is_verified
            else "not verified yet; that is done before it is loaded",
        )
    if one.added is None:
        return Fact(label="File", text="given by its path for this run; not in the list")
    date = describe_day(one.added.added_at)
    if one.is_verified:
        return Fact(label="File", text=f"as it was added on {date} (SHA-256 {one.sha256[:12]}…)")
    return Fact(
        label="File",
        text=f"written to since it was added on {date}; it is compared before it is loaded",
        is_warning=True,
    )


def describe_speed(speed: Speed) -> str:
    """Say how fast a model is, and when that was measured."""
    return (
        f"reads {speed.reading:,.0f} and writes {speed.writing:,.0f} tokens a second"
        f" (measured on {describe_day(speed.measured_at)})"
    )


def describe_day(iso: str) -> str:
    """Return the day of a moment, as this machine's clock has it.

    A text that is no moment is returned as it is.

    >>> describe_day("2024-05-03T12:00:00+00:00")
    '3 May 2024'
    """
    try:
        moment = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return iso
    return f"{moment.day} {moment:%B %Y}"
