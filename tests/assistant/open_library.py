"""An assistant that is open over a library of its own, without a model, for tests."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.errors import StoppedError
from assistant.local_models.setup import ModelStatus
from assistant.settings import HOME_VARIABLE, Settings, load_settings
from assistant.workspace import Workspace
from index.library.store import Library
from tests.fakes import FakeModel
from tests.index.essays import PROSE
from tests.index.library.essays import add, given, open_direct_reader


class ClosableModel(FakeModel):
    """A model that is never asked."""

    def close(self) -> None:
        """Do nothing: there is no process."""


def no_model(
    settings: Settings, *, on_status: Callable[[ModelStatus], None], cancelled: threading.Event
) -> ClosableModel:
    raise StoppedError("There is no model.")


@contextlib.contextmanager
def open_library_workspace(home: Path) -> Iterator[Workspace]:
    """Open the library of a folder; files are read in this process."""
    workspace = Workspace(
        load_settings(environment={HOME_VARIABLE: str(home)}),
        model_factory=no_model,
        make_reader=open_direct_reader,
    )
    try:
        yield workspace
    finally:
        workspace.close()


def use_new_collection(workspace: Workspace) -> None:
    """Make a collection of two essays, “On Mills” and “On Tolls”, and take it into use."""
    library = kept(workspace)
    own = library.create_collection(f"Own {len(library.collections())}")
    add(
        library,
        own.id,
        given("tolls.txt", f"On Tolls\n\n{PROSE} The toll was a penny."),
        given("mills.txt", f"On Mills\n\n{PROSE} The mill ground barley."),
    )
    workspace.use_collection(own.id)


def kept(workspace: Workspace) -> Library:
    """Return the library of a workspace that has one."""
    assert workspace.library is not None
    return workspace.library
