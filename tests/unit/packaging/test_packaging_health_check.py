"""The health check of a container: silent when all is well, a reason otherwise."""

import importlib.util
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "deploy" / "healthy.py"


@pytest.fixture
def healthy() -> ModuleType:
    spec = importlib.util.spec_from_file_location("healthy", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def service() -> Iterator[HTTPServer]:
    """A service that answers /health with the status in `status`."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(self.server.status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.status = 200
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_that_says_200_is_healthy(healthy: ModuleType, service: HTTPServer):
    assert healthy.main([str(service.server_port)]) == 0


def test_a_service_that_says_503_is_not_healthy_and_the_answer_is_shown(healthy: ModuleType, service: HTTPServer):
    service.status = 503
    assert "503" in str(healthy.main([str(service.server_port)]))


def test_nobody_there_is_not_healthy(healthy: ModuleType):
    with socket() as never_listening:
        never_listening.bind(("127.0.0.1", 0))
        assert "refused" in str(healthy.main([str(never_listening.getsockname()[1])]))


@pytest.mark.parametrize("arguments", [[], ["eighty"], ["99999999"]])
def test_a_port_that_is_none_is_not_healthy(healthy: ModuleType, arguments: list[str]):
    assert isinstance(healthy.main(arguments), str)
