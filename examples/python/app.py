"""A small application: reads its own key's metadata from IAM repeatedly, and prints its name, and status and
revision of each call. Settings: see ../README.md."""

from __future__ import annotations

import logging
import os
import sys
import time
import urllib.error
import urllib.request

from rotated_key import Key, RetrievalError, RotatedKey

API_URL = os.environ.get("SCW_API_URL", "https://api.scaleway.com")


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    call_seconds = _seconds("CALL_SECONDS", 10)
    rotated = RotatedKey(
        _text("RETRIEVAL_URL"),
        _text("CONSUMER_KEY"),
        refresh_seconds=_seconds("REFRESH_SECONDS", 3600),
        start_seconds=_seconds("START_SECONDS", 180),
        timeout_seconds=_seconds("TIMEOUT_SECONDS", 70),
    )
    while True:
        status = _call_once(rotated)
        print(f"python {status} revision {rotated.current.revision}", flush=True)
        time.sleep(call_seconds)


def _call_once(rotated: RotatedKey) -> object:
    def call(key: Key) -> int:
        url = f"{API_URL}/iam/v1alpha1/api-keys/{key.access_key}"
        # Unredirected: urllib would send an ordinary header on to another host.
        request = urllib.request.Request(url)
        request.add_unredirected_header("X-Auth-Token", key.secret_key)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status

    try:
        return rotated.use(call)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return "no-answer"


def _text(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is missing: see examples/README.md.")
    return value


def _seconds(name: str, default: float) -> float:
    try:
        seconds = float(os.environ.get(name, default))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise ValueError(f"{name} must be seconds, more than 0.")
    return seconds


if __name__ == "__main__":
    try:
        main()
    except (ValueError, RetrievalError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
