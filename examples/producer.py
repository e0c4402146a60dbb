"""Publishes with Python's standard library alone. Usage: SLUICE_KEY=... python3 producer.py [queue]"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("SLUICE_URL", "http://localhost:8787")
KEY = os.environ["SLUICE_KEY"]
QUEUE = sys.argv[1] if len(sys.argv) > 1 else "hello"


def post(path, body, headers=None, **query):
    """Posts bytes and answers the JSON. A full queue says when to come back; the dedupId makes that safe."""
    options = urllib.parse.urlencode(query)
    request = urllib.request.Request(
        f"{URL}/v1/queues/{QUEUE}/{path}?{options}".rstrip("?"),
        data=body,
        headers={"authorization": f"Bearer {KEY}", **(headers or {})},
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or "retry-after" not in error.headers:
                raise SystemExit(f"{error.code}: {error.read().decode()}") from error
            time.sleep(float(error.headers["retry-after"]))


print(post(
    "messages",
    json.dumps({"order": 1}).encode(),
    {"content-type": "application/json", "x-sluice-attribute-source": "python"},
    key="customer-7",
    dedupId="order-1",
))

batch = [
    {"body": json.dumps({"order": 2}), "key": "customer-7"},
    {"body": json.dumps({"order": 3}), "delaySeconds": 1},
]
print(post("messages/batch", json.dumps({"messages": batch}).encode()))
