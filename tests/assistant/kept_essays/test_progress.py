"""How far the files being added have come, in words and steps."""

from assistant.kept_essays.progress import MAX_FILES_SHOWN, view_work
from index.reading.steps import FileProgress, Step


def files(*steps: Step) -> list[FileProgress]:
    return [
        FileProgress(
            name=f"{number}.pdf",
            step=step,
            reason="it is encrypted" if step is Step.FAILED else "",
            done=0,
            total=len(steps),
        )
        for number, step in enumerate(steps)
    ]


def test_a_file_under_way_shows_which_step_it_is_at() -> None:
    (file,) = view_work(files(Step.CLEAN), is_running=True, message="").files
    assert file.steps == (
        ("read", "done"),
        ("clean", "current"),
        ("split", "ahead"),
        ("index", "ahead"),
    )
    assert file.words == ""


def test_work_under_way_says_how_many_files_are_done() -> None:
    progress = view_work(
        files(Step.DONE, Step.FAILED, Step.READ, Step.WAITING), is_running=True, message=""
    )
    assert progress.message == "2 of 4 files done, 1 not added"
    assert progress.fraction == 0.5
    assert [file.state for file in progress.files] == ["read", "failed", "waiting", "done"]


def test_once_over_the_counts_stay_and_the_files_are_left_to_the_table() -> None:
    progress = view_work(
        files(Step.DONE, Step.DONE, Step.UNCHANGED, Step.FAILED), is_running=False, message=""
    )
    assert progress.message == "4 files: 2 added, 1 unchanged, 1 not added"
    assert (progress.files, progress.n_more) == ((), 0)


def test_a_file_that_failed_says_why() -> None:
    (file,) = view_work(files(Step.FAILED), is_running=True, message="").files
    assert (file.words, file.reason) == ("not added", "It is encrypted.")


def test_what_was_left_at_a_stop_is_counted() -> None:
    progress = view_work(files(Step.DONE, Step.WAITING), is_running=False, message="")
    assert progress.message == "2 files: 1 added, 1 left when it was stopped"


def test_of_hundreds_of_files_a_few_are_listed_and_the_rest_counted() -> None:
    progress = view_work(files(*[Step.WAITING] * 200, Step.SPLIT), is_running=True, message="")
    assert progress.files[0].state == "split"
    assert (len(progress.files), progress.n_more) == (MAX_FILES_SHOWN, 201 - MAX_FILES_SHOWN)


def test_what_the_work_says_of_itself_follows_the_count() -> None:
    progress = view_work(files(Step.DONE), is_running=False, message="The disk is full.")
    assert progress.message == "1 file: 1 added. The disk is full."


def test_no_work_says_nothing() -> None:
    progress = view_work((), is_running=False, message="")
    assert (progress.message, progress.files, progress.fraction) == ("", (), 0.0)
