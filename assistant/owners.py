"""Tell whether the process that began something still runs."""

import os

import psutil

_CLOCK_SLACK_S = 5.0


def this_process() -> str:
    """Return a text that stands for this process and no later one."""
    # The start time tells a process from a later one with the same number.
    return f"{os.getpid()} {psutil.Process().create_time()}"


def is_alive(owner: str) -> bool:
    """Return whether the process for which ``owner`` stands still runs.

    Args:
        owner: From ``this_process``; any other text stands for none.
    """
    try:
        pid, started_at = owner.split()
        # A corrected clock moves the start times that are told by a little.
        return abs(psutil.Process(int(pid)).create_time() - float(started_at)) < _CLOCK_SLACK_S
    except (psutil.Error, ValueError, OverflowError):
        return False
