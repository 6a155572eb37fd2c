"""Receives Parley's webhooks and verifies their signatures by the Standard Webhooks scheme."""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
MOST = float(os.environ.get("MOST", "inf"))
TOLERANCE = 5 * 60

# A real program keeps these where they survive it, together with what it did for the event.
done = set()
lock = threading.Lock()


def is_genuine(headers, body):
    """Of the bytes as they came: a body that was parsed and written again has another signature."""
    event_id, timestamp, signatures = (headers.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    digest = hmac.new(KEY, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    # While a secret is being replaced there are several.
    return any(hmac.compare_digest(expected, given) for given in signatures.split(" "))


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_genuine(self.headers, body):
            print("A request with a wrong signature was refused.", file=sys.stderr, flush=True)
            self.answer(401)
            return
        event_id = self.headers["webhook-id"]
        with lock:
            if event_id not in done:
                print(event_id, json.loads(body)["type"], flush=True)
                done.add(event_id)
        # Only now: what is not answered with 2xx comes again.
        self.answer(204)
        if len(done) >= MOST:
            threading.Thread(target=self.server.shutdown).start()

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Receiver)
server.daemon_threads = True
print("Listening on", server.server_address[1], file=sys.stderr, flush=True)
server.serve_forever()
