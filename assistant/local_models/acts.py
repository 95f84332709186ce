"""What the reader does on the page of models, passed on to whoever does it."""

from assistant.errors import AssistantError
from assistant.local_models.keeper import ModelKeeper


def perform(keeper: ModelKeeper, act: object) -> str:
    """Do what the page asks for and return what went wrong, in words; empty if nothing did.

    Args:
        keeper: The model and the shelf that it stands on.
        act: As the page sends it: its kind, and the name or path it is about. Anything else is
            ignored.
    """
    try:
        match act:
            case {"kind": "use", "name": str(name)}:
                keeper.choose(name)
            case {"kind": "insist"}:
                keeper.insist()
            case {"kind": "fetch", "name": str(name)}:
                keeper.shelf.fetch(name)
            case {"kind": "measure", "name": str(name)}:
                keeper.shelf.measure(name)
            case {"kind": "add", "name": str(path)}:
                keeper.shelf.add(path)
            case {"kind": "remove", "name": str(name)}:
                keeper.shelf.remove(name)
            case {"kind": "delete", "name": str(name)}:
                _delete(keeper, name)
            case {"kind": "stop_work"}:
                keeper.shelf.stop()
            case {"kind": "stop_loading"}:
                keeper.stop()
            case _:
                pass
    except AssistantError as error:
        return str(error)
    return ""


def _delete(keeper: ModelKeeper, name: str) -> None:
    # The page does not offer it, but another tab may have chosen the model meanwhile.
    if name == keeper.name:
        raise AssistantError(f"{name!r} is in use; choose another model before you delete it.")
    keeper.shelf.delete(name)
