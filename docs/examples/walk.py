"""Prints the id of every agent. Needs Python 3.8 and nothing else."""
import json
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = "http://localhost:8080"
ATTEMPTS = 5


def get(path, **query):
    """The answer's JSON. While no provider answers it asks again, after the pause that the answer names."""
    url = f"{BASE}{path}?{urllib.parse.urlencode(query)}"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            if error.code not in (502, 503, 504) or attempt == ATTEMPTS:
                raise RuntimeError(f"{problem['code']}: {problem['detail']} ({problem['request_id']})") from error
            time.sleep(int(error.headers.get("Retry-After", attempt)))


def agents(**filters):
    """Every agent that fits the filters, such as status="active", tags="support,production"."""
    cursor = {}
    while True:
        page = get("/agents", limit=200, **filters, **cursor)
        yield from page["data"]
        if not page["page"]["has_more"]:
            return
        if page["partial"]:
            time.sleep(1)  # gives the provider that is missing time to come back
        cursor = {"cursor": page["page"]["next_cursor"]}


for agent in agents():
    print(agent["id"])
