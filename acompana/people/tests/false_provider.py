"""An identity provider that answers whatever a test tells it to, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jwt

ID, SECRET, ISSUER = (
    "cliente-de-prueba",
    "un-secreto-de-prueba-de-treinta-y-dos-letras",
    "https://proveedor.invalid/openid",
)
ANA = {
    "sub": "2594",
    "RolUnico": {"numero": 41203876, "DV": "2", "tipo": "RUN"},
    "name": {"nombres": ["Ana", "María"], "apellidos": ["Rojas", "Peña"]},
}


class FalseProvider:
    """Set `token` and `userinfo` to (status, body) or to a function that gives them; read `calls` afterwards."""

    def __init__(self) -> None:
        self.address = ""
        self.calls: list[tuple[str, str, dict, dict]] = []
        self.nonce = ""
        self.token: object = self.good_token
        self.userinfo: object = lambda: (200, ANA)

    def good_token(self, **claims: object) -> tuple[int, object]:
        now = int(time.time())
        content = {"iss": ISSUER, "aud": ID, "sub": ANA["sub"], "exp": now + 60, "iat": now, "nonce": self.nonce}
        token = jwt.encode({**content, **claims}, SECRET, algorithm="HS256")
        return 200, {"access_token": "llave", "token_type": "bearer", "expires_in": 60, "id_token": token}

    def settings(self, **changes: object) -> dict:
        return {
            "client_id": ID,
            "client_secret": SECRET,
            "scope": "openid run name",
            "authorize": f"{self.address}/openid/authorize/",
            "token": f"{self.address}/openid/token/",
            "userinfo": f"{self.address}/openid/userinfo/",
            "logout": f"{self.address}/logout",
            "issuer": ISSUER,
            "jwks": "",
            "timeout": 0.5,
            **changes,
        }

    def answer(self, name: str) -> tuple[int, object]:
        told = getattr(self, name)
        return told() if isinstance(told, Callable) else told


@contextmanager
def running() -> Iterator[FalseProvider]:
    provider = FalseProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.reply("POST")

        def do_GET(self) -> None:
            self.reply("GET")

        def reply(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            name = self.path.strip("/").rpartition("/")[2]
            provider.calls.append((method, name, dict(self.headers), parse_qs(body)))
            status, content = provider.answer(name)
            text = content if isinstance(content, bytes) else json.dumps(content).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except BrokenPipeError:
                pass  # the client stopped waiting, as the test wants

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
