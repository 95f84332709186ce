"""What a process that reads strangers' files gives up before it begins."""

import os
import sys

import psutil

_NICENESS = 5
"""Behind the page and the model, but not so far behind that a busy model stops all reading."""

_MAX_WRITTEN_BYTES = 100_000_000
"""The largest file that may be written; libraries keep some in the folder for passing files."""

_NETWORK_EVENTS = frozenset(
    f"socket.{name}"
    for name in ("bind", "connect", "getaddrinfo", "gethostbyaddr", "gethostbyname", "sendto")
)


def confine(*, max_address_bytes: int) -> None:
    """Give up what reading a file does not need, for this process and those it starts.

    That is: more memory than the limit, writing large files, core dumps, its place before other
    processes, and for Python's own libraries, the network. What a system cannot limit is left:
    the process that started this one watches its memory and its time as well.
    """
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        import resource

        os.nice(_NICENESS)
        for kind, limit in (
            (resource.RLIMIT_CORE, 0),
            # What unpacks itself without end must not fill the disk.
            (resource.RLIMIT_FSIZE, _MAX_WRITTEN_BYTES),
            (resource.RLIMIT_AS, max_address_bytes),
        ):
            _lower(kind, limit)
    sys.addaudithook(_refuse_network)


def _lower(kind: int, limit: int) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    try:
        resource.setrlimit(kind, (limit, limit))
    except (ValueError, OSError):
        # macOS refuses some limits below what is in use.
        return


def _refuse_network(event: str, _arguments: object) -> None:
    if event in _NETWORK_EVENTS:
        raise PermissionError(f"Reading a file needs no network, but asked for {event!r}.")
