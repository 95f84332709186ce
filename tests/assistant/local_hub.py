"""A model hub on this machine that answers as told, also badly."""

import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request, answered by the hub's next behaviour."""

    server: "LocalHub"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self.close_connection = True
        hub = self.server
        with hub.guard:
            hub.ranges.append(self.headers.get("Range", ""))
            hub.paths.append(self.path)
            behaviour = hub.behaviours.pop(0) if len(hub.behaviours) > 1 else hub.behaviours[0]
        hub.was_asked.set()
        try:
            behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            # The client hung up, as it should in many of these cases.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""

    def send_head(self, status: int, headers: dict[str, str]) -> None:
        """Send a status and headers."""
        self.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    @property
    def start(self) -> int:
        """First byte asked for."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(match[1]) if match else 0

    def send_head_from(self, start: int) -> None:
        """Send the right head for the bytes from ``start`` on."""
        total = len(self.server.payload)
        headers = {"Content-Length": str(total - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        self.send_head(206 if start else 200, headers)


class LocalHub(ThreadingHTTPServer):
    """Serves ``payload`` at every path; each request takes the next behaviour, the last stays."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, payload: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.payload = payload
        self.behaviours: list[Behaviour] = [whole]
        self.ranges: list[str] = []
        self.paths: list[str] = []
        self.guard = threading.Lock()
        self.was_asked = threading.Event()
        self.may_go_on = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


def whole(exchange: Exchange) -> None:
    """Send what was asked for."""
    exchange.send_head_from(exchange.start)
    exchange.wfile.write(exchange.server.payload[exchange.start :])


def ignore_range(exchange: Exchange) -> None:
    """Send all, whatever was asked for."""
    exchange.send_head_from(0)
    exchange.wfile.write(exchange.server.payload)


def break_off_after(n_bytes: int) -> Behaviour:
    """Promise what was asked for and hang up after ``n_bytes`` of it."""

    def behave(exchange: Exchange) -> None:
        exchange.send_head_from(exchange.start)
        exchange.wfile.write(exchange.server.payload[exchange.start :][:n_bytes])

    return behave


def stall_after(n_bytes: int) -> Behaviour:
    """Promise what was asked for and send no more after ``n_bytes`` of it."""

    def behave(exchange: Exchange) -> None:
        break_off_after(n_bytes)(exchange)
        exchange.wfile.flush()
        exchange.server.may_go_on.wait()

    return behave


def hang(exchange: Exchange) -> None:
    """Say nothing."""
    exchange.server.may_go_on.wait()


def answer(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Behaviour:
    """Send just this; a length only if ``headers`` has one."""

    def behave(exchange: Exchange) -> None:
        exchange.send_head(status, headers or {})
        exchange.wfile.write(body)

    return behave
