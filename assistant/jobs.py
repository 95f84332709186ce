"""Answers under way: each owns its event log and outlives the page that asked.

Interface (implemented by whoever takes this module):

    class JobState(StrEnum): WAITING, RUNNING, FINISHED, FAILED

    @dataclass(frozen) class JobView: id, state, events: tuple[Event, ...], error: str, ahead: int

    class Jobs:
        def __init__(self, run: Callable[[Request, threading.Event], Iterator[Event]], ...)
        def start(self, request) -> str          # job id; queued, one at a time
        def view(self, job_id: str) -> JobView   # immutable snapshot
        def stop(self, job_id: str) -> None
        def close(self) -> None                  # stops all, joins the thread
"""
