"""Errors of the assistant. Each message says what failed and what to do next."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.local_models.listing import AddedModel


class AssistantError(Exception):
    """Root of every error raised by the ``assistant`` package."""


class SettingsError(AssistantError):
    """An option or an environment variable has a value that is not accepted."""


class UsageError(AssistantError):
    """An argument of a command has a value that is not accepted."""


class PromptError(AssistantError):
    """A prompt file is missing, or its placeholders are not those that the code fills."""


class QuestionsFileError(AssistantError):
    """A file of evaluation questions cannot be read."""


class CitationError(AssistantError):
    """A span lies outside its essay."""


class ModelError(AssistantError):
    """Root of what can go wrong with a model."""


class ModelNotFoundError(ModelError):
    """The model is neither in the catalogue nor a file on this machine."""


class ModelFetchError(ModelError):
    """A model could not be fetched; nothing that looks like a model was left behind."""


class ModelFileError(ModelError):
    """A file is no GGUF file, or says of itself what cannot be."""


class ModelMemoryError(ModelError):
    """The machine lacks the memory for a model; nothing was loaded.

    Attributes:
        needed_bytes: What the model needs.
    """

    def __init__(self, message: str, *, needed_bytes: int) -> None:
        super().__init__(message)
        self.needed_bytes = needed_bytes


class ModelChangedError(ModelError):
    """A file that was added is another one now; nothing was loaded.

    Attributes:
        found: What the file is now.
    """

    def __init__(self, message: str, *, found: "AddedModel") -> None:
        super().__init__(message)
        self.found = found


class ModelListError(ModelError):
    """The list of models cannot be read or written."""


class ModelLoadError(ModelError):
    """The file is no model that llama.cpp can load, or the machine cannot hold it."""


class ModelCrashError(ModelError):
    """The model's process ended unexpectedly; the next request starts it again."""


class PromptTooLongError(ModelError):
    """A prompt does not fit the model's context."""


class StoppedError(AssistantError):
    """The reader asked for a stop; not a failure."""


class ServerError(AssistantError):
    """The page cannot be served."""


class ConversationError(AssistantError):
    """A saved chat cannot be found or read."""


class JobError(AssistantError):
    """An answer under way cannot be found, or none can be started."""


class UploadError(AssistantError):
    """Files that the reader gave cannot be kept until they are read."""


class ExportError(AssistantError):
    """A chat or an answer cannot be made a document, or the document cannot be written."""
