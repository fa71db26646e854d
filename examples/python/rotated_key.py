"""Keeps the current key in memory: fetched at the start, fetched again at an interval, and at once when a call is
refused. While retrieval is unreachable, the held key stays in use.

Standard library only, Python 3.9 or newer, safe for threads. A thread does not survive a fork: with a server that
forks workers, make one RotatedKey in each worker.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, TypeVar

log = logging.getLogger("rotated_key")
T = TypeVar("T")

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
# Calls that are refused for another reason than their key (403: no permission) must not ask retrieval each time.
SAME_KEY_PAUSE_SECONDS = 5.0
# The platform may queue parallel requests, or refuse them with one of these.
BUSY, BUSY_PAUSES_SECONDS = (429, 503), (1.0, 2.0)


@dataclass(frozen=True)
class Key:
    """A key and the revision of the secret that holds it. Its text does not show the secret key."""

    access_key: str
    secret_key: str = field(repr=False)
    revision: int


@dataclass(frozen=True)
class Answer:
    """A key with the tag to send next time. `stale`: retrieval could not reach Scaleway and gave its cached key."""

    key: Key
    etag: str
    stale: bool


class RetrievalError(Exception):
    """Why there is no answer, in words for an operator; never holds a credential."""


class RotatedKey:
    """Making one fetches the first key. Raises ValueError when a setting is wrong, RetrievalError when there is no key
    within `start_seconds`. `refresh_seconds` must be well below the deployment's `overlap_hours`. `timeout_seconds`
    fits a cold start, which may take a minute. `send_caller_key` sends the credential as X-Caller-Key as well, for a
    deployment that has that setting; None: if SEND_CALLER_KEY is true."""

    def __init__(
        self,
        url: str,
        consumer_key: str,
        *,
        refresh_seconds: float = 3600,
        timeout_seconds: float = 70,
        start_seconds: float = 180,
        send_caller_key: Optional[bool] = None,
    ) -> None:
        _check(url, consumer_key)
        # A name with a slash behind it is no name.
        self._url, self._credential = url.rstrip("/"), _credential_headers(consumer_key, send_caller_key)
        self._refresh_seconds, self._timeout_seconds = refresh_seconds, timeout_seconds
        # One request at a time, so that no answer overtakes another.
        self._turn = threading.Lock()
        self._stopped = threading.Event()
        self._paused_until = 0.0
        self._held: Optional[Answer] = None
        self._fetch_first(start_seconds)
        threading.Thread(target=self._keep_fresh, name="rotated-key", daemon=True).start()

    @property
    def current(self) -> Key:
        """The held key. Read it for each call; never keep it."""
        if self._held is None:
            raise RuntimeError("There is no key yet.")
        return self._held.key

    def use(self, call: Callable[[Key], T]) -> T:
        """Makes a call with the held key. When it is refused (it gives or raises something whose `status`, `code` or
        `status_code` is 401 or 403, as urllib and requests do), retrieval is asked once and the call made once more, if
        there is another key. `call` may therefore run twice: it must build its request each time."""
        used = self.current
        try:
            result = call(used)
        except Exception as error:
            if not (_is_refused(error) and self._renewed(used)):
                raise
        else:
            if not (_is_refused(result) and self._renewed(used)):
                return result
        return call(self.current)

    def stop(self) -> None:
        """Stops refreshing."""
        self._stopped.set()

    def _fetch_first(self, start_seconds: float) -> None:
        end = time.monotonic() + start_seconds
        failures = 0
        while not self._try_refresh():
            failures += 1
            pause = _backoff(failures, self._refresh_seconds)
            if time.monotonic() + pause > end:
                raise RetrievalError(f"There was no key within {start_seconds:g} s: see the log for the reason.")
            time.sleep(pause)

    def _keep_fresh(self) -> None:
        failures = 0
        while True:
            regular = self._refresh_seconds * random.uniform(0.8, 1)
            if self._stopped.wait(_backoff(failures, self._refresh_seconds) if failures else regular):
                return
            with self._turn:
                failures = 0 if self._try_refresh() else failures + 1

    def _renewed(self, used: Key) -> bool:
        """True when there is another key than the refused one. A call that waited for another finds the key it fetched."""
        with self._turn:
            if self.current.revision == used.revision and time.monotonic() >= self._paused_until:
                self._try_refresh(no_cache=True)
                if self.current.revision == used.revision:
                    self._paused_until = time.monotonic() + SAME_KEY_PAUSE_SECONDS
            return self.current.revision != used.revision

    def _try_refresh(self, no_cache: bool = False) -> bool:
        try:
            self._refresh(no_cache)
            return True
        except RetrievalError as failure:
            log.warning("%s", failure)
            return False

    def _refresh(self, no_cache: bool) -> None:
        held = self._held
        answer = self._ask(held.etag if held else None, no_cache)
        if answer is None:
            return
        older = held is not None and answer.key.revision < held.key.revision
        if older and not no_cache:
            # Another instance's cache, or a rollback: only Scaleway can tell which.
            self._refresh(no_cache=True)
            return
        if older and answer.stale:
            return
        self._held = answer
        if held is None or answer.key.revision != held.key.revision:
            self._paused_until = 0.0
            log.info("Holding revision %d.", answer.key.revision)

    def _ask(self, etag: Optional[str], no_cache: bool) -> Optional[Answer]:
        """Asks, again after a moment while retrieval is too busy. None: the held key is still the current one."""
        request = urllib.request.Request(self._url, headers=self._credential)
        if etag is not None:
            request.add_header("If-None-Match", etag)
        if no_cache:
            request.add_header("Cache-Control", "no-cache")
        try:
            with _open(request, self._timeout_seconds) as response:
                return _read_answer(response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 304 and etag is not None:
                    return None
                failure = RetrievalError(_explain(error.code, _error_code(error)))
        except RetrievalError:
            raise
        except Exception as error:  # broken connections come in many types
            reason = getattr(error, "reason", error)
            failure = RetrievalError(f"Retrieval is unreachable: {type(reason).__name__}.")
        raise failure


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is never followed: it would carry the credential to another host."""

    def redirect_request(self, *_args: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def _open(request: urllib.request.Request, timeout_seconds: float) -> Any:
    for pause in BUSY_PAUSES_SECONDS:
        try:
            return _opener.open(request, timeout=timeout_seconds)
        except urllib.error.HTTPError as error:
            if error.code not in BUSY:
                raise
            error.close()
        time.sleep(pause * random.uniform(0.5, 1.5))
    return _opener.open(request, timeout=timeout_seconds)


def _check(url: str, consumer_key: str) -> None:
    parts = urllib.parse.urlsplit(url)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise ValueError("RETRIEVAL_URL must be an https URL (http only on loopback): the credential is sent there.")
    if not re.fullmatch(r"[\x21-\x7e]+", consumer_key):
        raise ValueError("CONSUMER_KEY must be a secret key, without blanks: terraform output -json consumer_secret_keys.")


def _credential_headers(consumer_key: str, send_caller_key: Optional[bool]) -> Dict[str, str]:
    """The same credential in each header, because the platform may keep one of them to itself."""
    headers = {"X-Auth-Token": consumer_key, "Authorization": f"Bearer {consumer_key}"}
    wanted = os.environ.get("SEND_CALLER_KEY", "")
    if wanted not in ("true", "false", ""):
        raise ValueError("SEND_CALLER_KEY must be true, false or empty.")
    if send_caller_key if send_caller_key is not None else wanted == "true":
        headers["X-Caller-Key"] = consumer_key
    return headers


def _error_code(error: urllib.error.HTTPError) -> str:
    try:
        found = re.search(rb'"error":\s*"([a-z-]{1,40})"', error.read())
    except Exception:
        return "no code"
    return found.group(1).decode() if found else "no code"


def _explain(status: int, code: str) -> str:
    seen = f"({status}, {code})"
    if code == "no-credential":
        return (
            f"No credential reaches retrieval {seen}: "
            "set SEND_CALLER_KEY=true, and send_caller_key in the deployment."
        )
    if status in (401, 403):
        return (
            f"Retrieval refuses this consumer's own credential {seen}: "
            "check CONSUMER_KEY, and `consumers` of the deployment."
        )
    if code == "no-key-yet":
        return f"There is no key yet {seen}: POST to the rotation function makes the first one."
    if code == "key-not-named":
        return (
            f"Retrieval has no key for this consumer at this address {seen}: "
            "RETRIEVAL_URL must end in the name of one of its own."
        )
    if status < 400:
        return f"Retrieval redirects or answers unexpectedly {seen}, and no redirect is followed: check RETRIEVAL_URL."
    if status < 500 and status != 429:
        return f"Retrieval refuses this request {seen}: check RETRIEVAL_URL."
    return f"Retrieval is unavailable {seen}."


def _read_answer(headers: object, body: bytes) -> Answer:
    get = getattr(headers, "get")
    try:
        value = json.loads(body)
    except ValueError:
        value = None  # the error quotes the text, so it is dropped
    fields = value if isinstance(value, dict) else {}
    revision = str(get("X-Key-Revision", ""))
    usable = {
        "API_KEY": _matches(r"SCW[A-Z0-9]{17}", fields.get("API_KEY")),
        "SECRET_KEY": _matches(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", fields.get("SECRET_KEY")),
        "ETag": get("ETag") is not None,
        "X-Key-Revision": _matches(r"[1-9][0-9]{0,9}", revision),
    }
    for what, is_usable in usable.items():
        if not is_usable:
            raise RetrievalError(f"Retrieval's answer has no usable {what}: it is ignored. Check RETRIEVAL_URL.")
    key = Key(fields["API_KEY"], fields["SECRET_KEY"], int(revision))
    return Answer(key, get("ETag"), stale=get("Warning") is not None)


def _matches(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_refused(outcome: object) -> bool:
    return any(getattr(outcome, name, None) in (401, 403) for name in ("status", "code", "status_code"))


def _backoff(failures: int, refresh_seconds: float) -> float:
    longest = min(LONGEST_PAUSE_SECONDS, refresh_seconds)
    return min(FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 10), longest) * random.uniform(0.5, 1)
