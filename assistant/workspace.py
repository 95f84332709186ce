"""All that an open assistant holds: essays, index, model, jobs, chats.

Interface:

    class ModelState(StrEnum): FETCHING, LOADING, READY, FAILED, STOPPED
    @dataclass(frozen) class ModelStatus: state; message: str (words for the reader);
        fraction: float (0..1, of the step under way); can_retry: bool

    class Workspace:
        def __init__(self, settings: Settings)     # loads essays and index, no model yet
        settings, corpus: Corpus, index: Bm25Index, chats: Conversations, jobs: Jobs
        document(essay_id: str) -> Document        # raises AssistantError if gone
        examples: tuple[str, ...]                  # four questions these essays answer
        start_model() -> None                      # in a thread: locate/fetch, load, warm
        stop_model() -> None                       # stops a fetch or a load under way
        model_status() -> ModelStatus
        ask(conversation_id: str, question: str) -> str   # a job id; saved as it happens
        close() -> None
"""
