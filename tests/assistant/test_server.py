import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
from streamlit import config, net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.web.server import server_util
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from assistant import server
from assistant.errors import ServerError
from assistant.lockdown import content_security_policy
from assistant.server import bind, inline_script_digests, keep_unsent_parts, silence_address_lookups

_ROOT = Path(__file__).resolve().parents[2]

_PAGE = """
import subprocess, sys
from pathlib import Path
import streamlit as st

def release(child):
    child.kill()
    child.wait()
    Path(__file__).with_name("released").touch()

@st.cache_resource(on_release=release)
def start_child():
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

start_child()
Path(__file__).with_name("drawn").touch()
st.write("here")
"""

# An audit hook sees every name look-up and connection, whichever library asks for it.
_LAUNCH = """
import sys
from pathlib import Path

folder = Path(sys.argv[1])

def watch(event, args):
    if event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost", None):
        with (folder / "outgoing").open("a") as log:
            log.write(f"{event} {host}\\n")

sys.addaudithook(watch)

from assistant.server import serve
from assistant.settings import load_settings

serve(
    load_settings(),
    port=int(sys.argv[2]),
    open_browser=False,
    on_ready=lambda url: print("ready", url, flush=True),
    on_notice=lambda text: print("notice", text, flush=True),
    script=folder / "page.py",
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server in a process of its own."""

    process: "subprocess.Popen[str]"
    folder: Path
    port: int
    notices: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(folder: Path, *, port: int = 0, launch: str = _LAUNCH) -> Iterator[Served]:
    (folder / "page.py").write_text(textwrap.dedent(_PAGE))
    process = subprocess.Popen(
        [sys.executable, "-c", launch, str(folder), str(port)],
        cwd=_ROOT,
        # A configuration that opens what is to be locked, and must not win.
        env=os.environ
        | {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        with process.stdout as output:
            notices = []
            for line in output:
                kind, _, rest = line.strip().partition(" ")
                if kind == "ready":
                    break
                notices.append(rest)
            else:
                raise AssertionError(f"the server ended with {process.wait()}")
            yield Served(
                process=process,
                folder=folder,
                port=int(rest.rpartition(":")[2]),
                notices=tuple(notices),
            )
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


def policy_of(port: int) -> str:
    hosts = [f"127.0.0.1:{port}", f"localhost:{port}"]
    return content_security_policy(hosts, inline_scripts=inline_script_digests())


def open_websocket(served: Served, *, origin: str = "", host: str = "") -> int:
    """Ask for a WebSocket and return the status of the answer; 101 means granted."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{served.port}")
    if origin:
        connection.putheader("Origin", origin)
    connection.putheader("Connection", "Upgrade")
    connection.putheader("Upgrade", "websocket")
    connection.putheader("Sec-WebSocket-Version", "13")
    connection.putheader("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")
    connection.putheader("Sec-WebSocket-Protocol", "streamlit")
    connection.endheaders()
    with contextlib.closing(connection):
        return connection.getresponse().status


def test_the_page_answers_under_a_strict_policy(served: Served) -> None:
    response = httpx.get(served.url)
    assert response.status_code == 200
    assert response.headers["content-security-policy"] == policy_of(served.port)
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/_stcore/health", {}, 200),
        ("/media/missing", {}, 404),
        ("/", {"Host": "evil.example"}, 403),
        ("/", {"Origin": "http://evil.example"}, 403),
    ],
    ids=["other", "missing", "foreign-host", "foreign-origin"],
)
def test_every_response_carries_the_policy(
    served: Served, path: str, headers: dict[str, str], status: int
) -> None:
    response = httpx.get(served.url + path, headers=headers)
    assert response.status_code == status
    assert response.headers["content-security-policy"] == policy_of(served.port)


def test_the_policy_reaches_this_server_only() -> None:
    policy = {
        words[0]: words[1:]
        for directive in policy_of(8501).split("; ")
        if (words := directive.split())
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["connect-src"] == ["'self'", "ws://127.0.0.1:8501", "ws://localhost:8501"]
    sources = {source for listed in policy.values() for source in listed}
    outside = {source for source in sources if "//" in source} - set(policy["connect-src"])
    assert outside == set()
    assert not {"*", "http:", "https:", "'unsafe-eval'"} & sources
    assert "'unsafe-inline'" not in policy["script-src"]


def test_the_server_listens_on_the_loopback_address_only(served: Served) -> None:
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(served.process.pid).net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "127.0.0.1.evil:{port}"],
)
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config"])
def test_a_foreign_host_is_refused(served: Served, host: str, path: str) -> None:
    response = httpx.get(served.url + path, headers={"Host": host.format(port=served.port)})
    assert response.status_code == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost"])
def test_the_names_of_this_machine_are_accepted(served: Served, name: str) -> None:
    headers = {"Host": f"{name}:{served.port}"}
    assert httpx.get(served.url + "/_stcore/health", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_a_foreign_origin_is_refused(served: Served, origin: str) -> None:
    origin = origin.format(port=served.port)
    response = httpx.get(served.url + "/_stcore/health", headers={"Origin": origin})
    assert response.status_code == 403
    assert open_websocket(served, origin=origin) == 403


def test_a_websocket_of_the_page_itself_is_granted(served: Served) -> None:
    assert open_websocket(served, origin=served.url) == 101


def test_a_websocket_without_an_origin_is_refused(served: Served) -> None:
    assert open_websocket(served) == 403


def test_a_websocket_to_a_foreign_host_is_refused(served: Served) -> None:
    host = f"evil.example:{served.port}"
    assert open_websocket(served, origin=f"http://{host}", host=host) == 403


def test_nothing_is_looked_up_or_reached_outside_this_machine(served: Served) -> None:
    httpx.get(served.url)
    open_websocket(served, origin="http://evil.example")
    open_websocket(served, origin=served.url)
    assert not (served.folder / "outgoing").exists()


def test_a_planted_outside_request_would_be_seen(tmp_path: Path) -> None:
    planted = _LAUNCH.replace(
        "from assistant.server import serve",
        "import socket\n"
        "with socket.socket(type=socket.SOCK_DGRAM) as s: s.connect(('192.0.2.1', 9))\n"
        "from assistant.server import serve",
    )
    with serving(tmp_path, launch=planted):
        assert (tmp_path / "outgoing").read_text() == "socket.connect 192.0.2.1\n"


def test_a_busy_port_gives_way_to_the_next_and_is_named(tmp_path: Path) -> None:
    with contextlib.closing(bind(0)) as busy:
        port = busy.getsockname()[1]
        with serving(tmp_path, port=port) as other:
            assert port < other.port
            (notice,) = other.notices
            assert f"Port {port} is busy" in notice
            assert str(other.port) in notice


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as running, open_page(running):
        (child,) = psutil.Process(running.process.pid).children()
        running.process.send_signal(number)
        assert running.process.wait(timeout=30) == 0
        assert (tmp_path / "released").exists()
        assert not child.is_running()
        with pytest.raises(httpx.ConnectError):
            httpx.get(running.url)


@contextlib.contextmanager
def open_page(served: Served) -> Iterator[None]:
    """Run the page's script by opening a session, as a browser does, and keep it open."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    with connect(
        served.url.replace("http", "ws") + "/_stcore/stream",
        origin=Origin(served.url),
        subprotocols=[Subprotocol("streamlit")],
    ) as page:
        page.send(message.SerializeToString())
        while not (served.folder / "drawn").exists():
            page.recv(timeout=30)
        yield


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(ServerError, match="70000"):
        bind(70000)


def test_ports_that_are_all_busy_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MAX_PORTS_TRIED", 1)
    with contextlib.closing(bind(0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(ServerError, match=f"{port}.*--port"):
            bind(port)


def test_a_bound_socket_takes_connections() -> None:
    with contextlib.closing(bind(0)) as listener:
        socket.create_connection(listener.getsockname(), timeout=5).close()


def test_the_patched_lookups_are_those_that_streamlit_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fails when a new version of Streamlit asks for addresses in another way."""
    called = []
    for name in server.PATCHED_LOOKUPS:
        monkeypatch.setattr(net_util, name, lambda name=name: called.append(name))
    assert not server_util.is_url_from_allowed_origins("http://evil.example")
    assert sorted(called) == sorted(server.PATCHED_LOOKUPS)


def test_the_lookups_find_nothing_once_silenced(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in server.PATCHED_LOOKUPS:
        monkeypatch.setattr(net_util, name, getattr(net_util, name))
    silence_address_lookups()
    assert net_util.get_external_ip() is None
    assert net_util.get_internal_ip() is None


@pytest.mark.parametrize("name", server.PATCHED_LOOKUPS)
def test_a_streamlit_without_a_patched_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in server.PATCHED_LOOKUPS:
        monkeypatch.setattr(net_util, other, getattr(net_util, other))
    monkeypatch.delattr(net_util, name)
    with pytest.raises(ServerError, match=name):
        silence_address_lookups()


@pytest.fixture
def restored_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)


def draw_part(queue: ForwardMsgQueue, text: str) -> None:
    message = ForwardMsg()
    message.metadata.delta_path.extend((0, 0))
    message.delta.fragment_id = "part"
    message.delta.new_element.markdown.body = text
    queue.enqueue(message)


def finish(queue: ForwardMsgQueue) -> None:
    message = ForwardMsg()
    message.script_finished = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY
    queue.enqueue(message)


def begin_part_again(queue: ForwardMsgQueue) -> None:
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["part"])


def sent(queue: ForwardMsgQueue) -> list[str]:
    return [one.delta.new_element.markdown.body or "finished" for one in queue.flush()]


def test_what_a_run_has_drawn_reaches_the_page_before_the_word_that_it_is_complete(
    restored_queue: None,
) -> None:
    keep_unsent_parts()
    queue = ForwardMsgQueue()
    draw_part(queue, "of the run")
    finish(queue)
    begin_part_again(queue)
    draw_part(queue, "of the part")
    assert sent(queue) == ["of the run", "finished", "of the part"]


def test_streamlit_still_loses_parts_of_a_page(restored_queue: None) -> None:
    """Fails when a new version of Streamlit does not need the mend any more."""
    queue = ForwardMsgQueue()
    draw_part(queue, "of the run")
    finish(queue)
    begin_part_again(queue)
    assert sent(queue) == ["finished"]


def test_a_streamlit_with_another_queue_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", lambda self: None)
    with pytest.raises(ServerError, match=r"pyproject\.toml"):
        keep_unsent_parts()


def test_every_option_is_known_to_streamlit() -> None:
    known = config.get_config_options()
    assert [name for name in server.STREAMLIT_OPTIONS if name not in known] == []
