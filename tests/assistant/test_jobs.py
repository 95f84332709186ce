import logging
import threading
from collections.abc import Iterator

import pytest

from assistant.answers import Event, QueryMade
from assistant.errors import JobError, ModelError, StoppedError
from assistant.jobs import UNEXPECTED_FAILURE, Jobs, JobState, JobView
from index.errors import RetrievalError

_PATIENCE_S = 20.0


class Gate:
    """A run function that yields one event for each permit, and ends when the gate is opened."""

    def __init__(self) -> None:
        self.permits = threading.Semaphore(0)
        self.is_open = threading.Event()
        self.started: list[str] = []

    def __call__(self, request: str, cancelled: threading.Event) -> Iterator[Event]:
        self.started.append(request)
        number = 0
        while not self.is_open.is_set():
            if cancelled.is_set():
                return
            if self.permits.acquire(timeout=0.01):
                number += 1
                yield QueryMade(query=f"{request} {number}")


def wait_until_over(jobs: Jobs[str], job_id: str) -> JobView:
    return wait_for(jobs, job_id, JobState.FINISHED, JobState.FAILED)


def wait_for(jobs: Jobs[str], job_id: str, *states: JobState) -> JobView:
    view = jobs.view(job_id)
    while view.state not in states:
        changed = jobs.wait_for_change(job_id, seen=view.version, timeout_s=_PATIENCE_S)
        assert changed.version != view.version, f"nothing happened to {view!r}"
        view = changed
    return view


def echo(request: str, cancelled: threading.Event) -> Iterator[Event]:
    yield QueryMade(query=request)


def fail_with(error: Exception) -> Jobs[str]:
    def run(request: str, cancelled: threading.Event) -> Iterator[Event]:
        yield QueryMade(query=request)
        if request == "bad":
            raise error

    return Jobs(run)


def test_a_finished_job_keeps_its_events_in_order() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    job_id = jobs.start("a")
    gate.permits.release(2)
    view = jobs.view(job_id)
    while len(view.events) < 2:
        view = jobs.wait_for_change(job_id, seen=view.version, timeout_s=_PATIENCE_S)
    gate.is_open.set()
    view = wait_until_over(jobs, job_id)
    assert view.state is JobState.FINISHED
    assert view.events == (QueryMade(query="a 1"), QueryMade(query="a 2"))
    assert view.error == ""
    jobs.close()


def test_jobs_run_one_at_a_time_in_the_order_they_came_and_know_how_many_are_ahead() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    first = jobs.start("a")
    wait_for(jobs, first, JobState.RUNNING)
    second, third = jobs.start("b"), jobs.start("c")
    assert (jobs.view(second).ahead, jobs.view(third).ahead) == (1, 2)
    assert jobs.view(third).state is JobState.WAITING
    jobs.stop(second)
    assert jobs.view(third).ahead == 1
    gate.is_open.set()
    wait_until_over(jobs, third)
    assert gate.started == ["a", "c"]
    assert jobs.view(third).ahead == 0
    jobs.close()


def test_a_waiting_job_that_is_stopped_ends_at_once_without_events() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    wait_for(jobs, jobs.start("a"), JobState.RUNNING)
    waiting = jobs.start("b")
    jobs.stop(waiting)
    view = jobs.view(waiting)
    assert (view.state, view.events, view.is_stopping) == (JobState.FINISHED, (), True)
    jobs.close()


def test_a_running_job_that_is_stopped_keeps_what_it_wrote() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    job_id = jobs.start("a")
    gate.permits.release()
    view = jobs.view(job_id)
    while not view.events:
        view = jobs.wait_for_change(job_id, seen=view.version, timeout_s=_PATIENCE_S)
    jobs.stop(job_id)
    assert jobs.view(job_id).is_stopping
    view = wait_until_over(jobs, job_id)
    assert (view.state, view.events) == (JobState.FINISHED, (QueryMade(query="a 1"),))
    jobs.close()


def test_stopping_a_job_that_is_over_changes_nothing() -> None:
    jobs = Jobs(echo)
    job_id = jobs.start("a")
    over = wait_until_over(jobs, job_id)
    jobs.stop(job_id)
    assert jobs.view(job_id) == over
    jobs.close()


def test_a_run_that_raises_stopped_is_finished_not_failed() -> None:
    jobs = fail_with(StoppedError("enough"))
    view = wait_until_over(jobs, jobs.start("bad"))
    assert (view.state, view.error) == (JobState.FINISHED, "")
    jobs.close()


@pytest.mark.parametrize(
    "error", [ModelError("no model"), RetrievalError("no essay")], ids=["assistant", "retrieval"]
)
def test_a_known_error_fails_the_job_with_its_own_words(error: Exception) -> None:
    jobs = fail_with(error)
    view = wait_until_over(jobs, jobs.start("bad"))
    assert (view.state, view.error) == (JobState.FAILED, str(error))
    assert view.events == (QueryMade(query="bad"),)
    jobs.close()


def test_an_unknown_error_fails_the_job_in_plain_words_and_is_logged_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    jobs = fail_with(ZeroDivisionError("secret detail"))
    with caplog.at_level(logging.ERROR):
        view = wait_until_over(jobs, jobs.start("bad"))
    assert (view.state, view.error) == (JobState.FAILED, UNEXPECTED_FAILURE)
    assert "ZeroDivisionError: secret detail" in caplog.text
    jobs.close()


def test_the_worker_survives_a_failure() -> None:
    jobs = fail_with(ZeroDivisionError())
    wait_until_over(jobs, jobs.start("bad"))
    assert wait_until_over(jobs, jobs.start("good")).state is JobState.FINISHED
    jobs.close()


def test_the_end_is_reported_once_before_it_can_be_seen() -> None:
    ends: list[tuple[str, JobView, JobState]] = []

    def on_end(request: str, last: JobView) -> None:
        ends.append((request, last, jobs.view(last.id).state))

    jobs = Jobs(echo, on_end=on_end)
    job_id = jobs.start("a")
    final = wait_until_over(jobs, job_id)
    assert ends == [("a", final, JobState.RUNNING)]
    jobs.close()


def test_the_end_of_a_job_stopped_while_it_waited_is_reported_too() -> None:
    ends: list[str] = []
    gate = Gate()
    jobs = Jobs(gate, on_end=lambda request, last: ends.append(f"{request} {last.state}"))
    wait_for(jobs, jobs.start("a"), JobState.RUNNING)
    jobs.stop(jobs.start("b"))
    assert ends == ["b finished"]
    jobs.close()


def test_a_failing_report_of_the_end_fails_the_job() -> None:
    def on_end(request: str, last: JobView) -> None:
        raise ModelError("the disk is full")

    jobs = Jobs(echo, on_end=on_end)
    view = wait_until_over(jobs, jobs.start("a"))
    assert (view.state, view.error) == (JobState.FAILED, "the disk is full")
    jobs.close()


def test_only_the_latest_jobs_that_are_over_are_kept() -> None:
    jobs = Jobs(echo, max_kept=2)
    ids = [jobs.start(str(n)) for n in range(3)]
    wait_until_over(jobs, ids[2])
    with pytest.raises(JobError, match=ids[0]):
        jobs.view(ids[0])
    assert [jobs.view(job_id).state for job_id in ids[1:]] == [JobState.FINISHED] * 2
    jobs.close()


def test_an_unknown_id_is_refused() -> None:
    jobs = Jobs(echo)
    with pytest.raises(JobError, match="'nobody'"):
        jobs.stop("nobody")
    jobs.close()


def test_waiting_for_a_change_gives_up_after_its_time() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    view = wait_for(jobs, jobs.start("a"), JobState.RUNNING)
    assert jobs.wait_for_change(view.id, seen=view.version, timeout_s=0.02) == view
    jobs.close()


def test_every_follower_sees_the_end() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    job_id = jobs.start("a")
    seen: list[JobView] = []
    followers = [
        threading.Thread(target=lambda: seen.append(wait_until_over(jobs, job_id)))
        for _ in range(5)
    ]
    for follower in followers:
        follower.start()
    gate.is_open.set()
    for follower in followers:
        follower.join(_PATIENCE_S)
    assert seen == [jobs.view(job_id)] * 5
    jobs.close()


def test_closing_stops_every_job_and_refuses_new_ones() -> None:
    gate = Gate()
    jobs = Jobs(gate)
    ids = [jobs.start(name) for name in "abc"]
    wait_for(jobs, ids[0], JobState.RUNNING)
    jobs.close()
    assert [jobs.view(job_id).state for job_id in ids] == [JobState.FINISHED] * 3
    assert gate.started == ["a"]
    with pytest.raises(JobError, match="shutting down"):
        jobs.start("d")
    jobs.close()
