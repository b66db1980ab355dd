"""GOV.UK Notify as far as a client sees it, on this machine, with every way it can go wrong.

It keeps what it took by reference, checks who asks, and answers each request as `behave` says:
"take", "fail" (500), "busy" (429), "refuse" (400), "drop" (the connection ends before anything is
taken), "take_and_drop" and "take_and_hang" (it is taken and nobody hears of it).
"""

import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET = ("7c1e4b0a-0000-4000-8000-00000000000" + digit for digit in "12")
EMAIL_TEMPLATE, TEXT_TEMPLATE = ("7c1e4b0a-0000-4000-8000-00000000000" + digit for digit in "34")
KEY = f"invented-{SERVICE}-{SECRET}"
NAMES = {"email": "email_address", "sms": "phone_number"}


class Notify(ThreadingHTTPServer):
    """The service: what it took, how it behaves, how often it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken, self.n_asked, self.lock = [], 0, threading.Lock()
        self.behave = lambda _n, _given: "take"
        self.refusal, self.retry_after, self.looked_up = "phone_number is not valid", "120", []
        self.closing = threading.Event()

    @property
    def settings(self):
        """What the service that writes by it is started with."""
        return {
            "NOTIFY_API_KEY": KEY,
            "NOTIFY_BASE_URL": f"http://127.0.0.1:{self.server_address[1]}",
            "NOTIFY_EMAIL_TEMPLATE": EMAIL_TEMPLATE,
            "NOTIFY_TEXT_TEMPLATE": TEXT_TEMPLATE,
        }

    def count_delivered(self):
        """Count what reached somebody, by reference."""
        return Counter(one["reference"] for one in self.taken if one["status"] == "delivered")

    def handle_error(self, request, client_address):
        """A client that went away is part of the play."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self):
        if not self.is_allowed():
            return self.answer(403, {"errors": [{"message": "Invalid token"}]})
        wanted = parse_qs(urlsplit(self.path).query)["reference"][0]
        self.server.looked_up.append(wanted)
        found = [one for one in self.server.taken if one["reference"] == wanted]
        return self.answer(200, {"notifications": found, "links": {}})

    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.is_allowed():
            return self.answer(403, {"errors": [{"message": "Invalid token"}]})
        kind = self.path.rpartition("/")[2]
        with self.server.lock:
            self.server.n_asked += 1
            act = self.server.behave(self.server.n_asked, given)
            if act.startswith("take"):
                self.keep(kind, given)
        return getattr(self, act)()

    def take(self):
        self.answer(201, {"id": "invented"})

    def keep(self, kind, given):
        facts = {"type": kind, "to": given[NAMES[kind]], "reference": given["reference"]}
        self.server.taken.append({**facts, **given["personalisation"], "status": "delivered"})

    def fail(self):
        self.answer(500, {"errors": [{"error": "Exception", "message": "Internal server error"}]})

    def busy(self):
        fault = {"error": "RateLimitError", "message": "Exceeded rate limit"}
        self.answer(429, {"errors": [fault]}, {"Retry-After": self.server.retry_after})

    def refuse(self):
        fault = {"error": "ValidationError", "message": self.server.refusal}
        self.answer(400, {"status_code": 400, "errors": [fault]})

    def drop(self):
        self.close_connection = True

    take_and_drop = drop

    def take_and_hang(self):
        self.server.closing.wait(2)
        self.close_connection = True

    def is_allowed(self):
        token = self.headers["Authorization"].removeprefix("Bearer ")
        try:
            return jwt.decode(token, SECRET, ["HS256"])["iss"] == SERVICE
        except jwt.InvalidTokenError:
            return False

    def answer(self, status, facts, headers=()):
        body = json.dumps(facts).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        """Say nothing."""


@contextmanager
def running_notify():
    """Serve it while the work inside lasts."""
    server = Notify()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
