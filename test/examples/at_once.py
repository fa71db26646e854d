"""Makes many calls at once on one RotatedKey: when a line comes in, twenty threads call, and their statuses are printed."""

import os
import sys
import threading
import urllib.request

sys.path.insert(0, "examples/python")
from rotated_key import Key, RotatedKey  # noqa: E402

rotated = RotatedKey(os.environ["RETRIEVAL_URL"], os.environ["CONSUMER_KEY"], timeout_seconds=15)
print("ready", flush=True)
sys.stdin.readline()
refused_together = threading.Barrier(20)
statuses = []


def call(key: Key) -> int:
    if key.revision == 1:
        refused_together.wait()
    url = f"{os.environ['SCW_API_URL']}/iam/v1alpha1/api-keys/{key.access_key}"
    request = urllib.request.Request(url, headers={"X-Auth-Token": key.secret_key})
    with urllib.request.urlopen(request, timeout=15) as response:
        return response.status


threads = [threading.Thread(target=lambda: statuses.append(rotated.use(call))) for _ in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{len(statuses)} calls, {set(statuses)}", flush=True)
