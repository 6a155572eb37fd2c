"""Follows a tenant's events and goes on where it stopped: after a lost connection, a restart of this program, or one of Parley."""

import http.client
import json
import os
import sys
import time
import urllib.request

URL = os.environ.get("PARLEY_URL", "http://127.0.0.1:5080")
KEY = os.environ["PARLEY_KEY"]
PLACE = os.environ.get("PLACE", "place.txt")
MOST = float(os.environ.get("MOST", "inf"))

# Longer than the pause between two heartbeats: a connection that is silent for so long is dead.
SILENCE = 60


def read_place():
    """Where to go on; '0' begins with the oldest event that is kept."""
    try:
        with open(PLACE) as file:
            return file.read().strip()
    except FileNotFoundError:
        return "0"


def keep_place(event_id):
    with open(PLACE + ".new", "w") as file:
        file.write(event_id)
    os.replace(PLACE + ".new", PLACE)


def frames(response):
    """The frames of a stream of server-sent events, as dictionaries of their fields."""
    fields = {}
    for line in response:
        line = line.decode().rstrip("\r\n")
        if not line:
            yield fields
            fields = {}
            continue
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data" and "data" in fields:
            fields["data"] += "\n" + value
        elif name:
            fields[name] = value


def handle(event):
    print(event["position"], event["type"], event["subject"], flush=True)


def follow(seen):
    """Handles events until the stream ends or enough were seen."""
    request = urllib.request.Request(
        URL + "/events",
        headers={"Authorization": "Bearer " + KEY, "Accept": "text/event-stream", "Last-Event-ID": read_place()},
    )
    with urllib.request.urlopen(request, timeout=SILENCE) as response:
        for frame in frames(response):
            if frame.get("event") == "reset":
                # This program was away for longer than events are kept: read over REST what you need to know, then go on.
                print("Some events are no longer kept:", frame.get("data"), file=sys.stderr)
            elif frame.get("data"):
                handle(json.loads(frame["data"]))
                seen += 1
            if frame.get("id"):
                # After the work: a program that dies before this line sees the event again.
                keep_place(frame["id"])
            if seen >= MOST:
                return seen
    return seen


def main():
    seen, pause = 0, 1
    while seen < MOST:
        before = seen
        try:
            seen = follow(seen)
        except (OSError, http.client.HTTPException) as error:
            print(error, file=sys.stderr)
        pause = 1 if seen > before else min(pause * 2, 30)
        if seen < MOST:
            time.sleep(pause)


main()
