"""Consumes the events of all tenants' conversations from Kafka, in order per conversation, and drops repeats."""

import os
import sys

from confluent_kafka import Consumer

MOST = float(os.environ.get("MOST", "inf"))

consumer = Consumer(
    {
        "bootstrap.servers": os.environ.get("KAFKA", "127.0.0.1:9092"),
        "group.id": os.environ.get("GROUP", "parley-sample"),
        "auto.offset.reset": "earliest",
        # The offset is stored by this program, after the work: an event may come twice and never not at all.
        "enable.auto.offset.store": False,
    }
)
consumer.subscribe([os.environ.get("TOPIC", "parley.conversations")])

# The last position of each conversation. A real program keeps it with what it did for the event, so that both survive together.
positions = {}
seen = 0
while seen < MOST:
    record = consumer.poll(1.0)
    if record is None:
        continue
    if record.error():
        print(record.error(), file=sys.stderr)
        continue
    headers = {name: value.decode() for name, value in record.headers() or []}
    position = int(headers["ce_position"])
    if position > positions.get(record.key(), 0):
        positions[record.key()] = position
        print(position, headers["ce_type"], headers["ce_subject"], flush=True)
        seen += 1
    consumer.store_offsets(record)
consumer.close()
