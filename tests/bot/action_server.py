"""A stand-in for the action server: Rasa's protocol on loopback, with scripted answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any]


def say(key: str, **values: str) -> Answer:
    """A response by name, as rasa_sdk sends it."""
    return {"response": key, "text": None, "buttons": [], "elements": [], "custom": {}, **values}


def wish(**effect: Any) -> Answer:
    """A wish, as our actions send it."""
    return {"response": None, "text": None, "custom": {"effect": effect}}


@dataclass
class ActionServer:
    """What it answers, and what it was asked."""

    url: str
    answers: dict[str, Any] = field(default_factory=dict)
    """Action name -> {"events", "responses"}, or a status code to fail with."""
    calls: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def running() -> Iterator[ActionServer]:
    """Serve until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.calls.append(call)
            answer = served.answers.get(call["next_action"], {"events": [], "responses": []})
            failed = isinstance(answer, int)
            body = json.dumps({"error": "failed", "tracker": call} if failed else answer).encode()
            self.send_response(answer if failed else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = ActionServer(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
