# Keeps the current key in variables of this shell: fetched at the start, fetched again when the interval is over, and
# at once when a call is refused. While retrieval is unreachable, the held key stays in use.
#
# POSIX sh (tried: dash and bash), with curl 7.55 or newer. Read it with `.`, set RETRIEVAL_URL and CONSUMER_KEY (and
# SEND_CALLER_KEY=true, if the deployment has send_caller_key), then
#   rotated_key_start           fetches the first key; fails after START_SECONDS
#   rotated_key_use COMMAND …   runs a function of this shell that reads $API_KEY and $SECRET_KEY and sets STATUS; runs it
#                               once more with another key when STATUS is 401 or 403
# Call neither inside $( ) nor in a pipe: what a subshell fetches is lost with it.
#
# Secrets travel through pipes alone: arguments are visible to every process of the machine, exported variables are
# passed to every child, and here-documents may be files.

case $- in *x*) echo 'set -x prints keys: switch it off.' >&2; exit 1 ;; esac

# One request fits a cold start, which may take a minute.
: "${REFRESH_SECONDS:=3600}" "${TIMEOUT_SECONDS:=70}" "${START_SECONDS:=180}"
rk_longest_pause=60
# Calls that are refused for another reason than their key (403: no permission) must not ask retrieval each time.
rk_same_key_pause=5

rotated_key_start() {
  rk_check || return 1
  # Forgets that they may be exported, so that no child inherits them.
  rk_consumer_key=$CONSUMER_KEY
  unset CONSUMER_KEY API_KEY SECRET_KEY KEY_REVISION
  KEY_REVISION=0 rk_etag='' rk_failures=0 rk_paused_until=0
  rk_end=$(($(date +%s) + START_SECONDS))
  until rk_try_refresh; do
    if [ "$rk_due" -gt "$rk_end" ]; then
      rk_say "There was no key within $START_SECONDS s: see above for the reason."
      return 1
    fi
    sleep "$rk_wait"
  done
}

rotated_key_use() {
  [ "$(date +%s)" -lt "$rk_due" ] || rk_try_refresh || :
  rk_used=$KEY_REVISION
  "$@"
  case $STATUS in 401 | 403) ;; *) return 0 ;; esac
  [ "$(date +%s)" -ge "$rk_paused_until" ] || return 0
  rk_try_refresh no-cache || :
  if [ "$KEY_REVISION" = "$rk_used" ]; then
    rk_paused_until=$(($(date +%s) + rk_same_key_pause))
  else
    "$@"
  fi
}

rk_say() { printf '%s\n' "$*" >&2; }

rk_check() {
  # With an @, what looks like loopback could be a user's name before another host.
  case ${RETRIEVAL_URL:-} in
    *@*) rk_say 'RETRIEVAL_URL must not contain a credential (no @).'; return 1 ;;
    https://?* | http://127.0.0.1[:/]* | http://localhost[:/]* | 'http://[::1]'[:/]*) ;;
    *) rk_say 'RETRIEVAL_URL must be an https URL (http only on loopback): the credential is sent there.'; return 1 ;;
  esac
  case ${CONSUMER_KEY:-} in
    '' | *[!A-Za-z0-9-]*) rk_say 'CONSUMER_KEY must be a secret key (letters, digits and -): terraform output -json consumer_secret_keys.'; return 1 ;;
  esac
  case ${SEND_CALLER_KEY:-} in
    '' | true | false) ;;
    *) rk_say 'SEND_CALLER_KEY must be true, false or empty.'; return 1 ;;
  esac
  case $REFRESH_SECONDS-$TIMEOUT_SECONDS-$START_SECONDS in
    *[!0-9-]* | -* | *--* | *- | 0-* | *-0-*) rk_say 'REFRESH_SECONDS, TIMEOUT_SECONDS and START_SECONDS must be whole seconds.'; return 1 ;;
  esac
}

# Refreshes and sets when the next refresh is due.
rk_try_refresh() {
  if rk_refresh "${1:-}"; then
    rk_failures=0
    rk_wait=$((REFRESH_SECONDS - $(rk_random $((REFRESH_SECONDS / 5)))))
    rk_due=$(($(date +%s) + rk_wait))
  else
    rk_failures=$((rk_failures + 1))
    rk_pause=$((rk_failures > 6 ? rk_longest_pause : 1 << (rk_failures - 1)))
    rk_pause=$((rk_pause < REFRESH_SECONDS ? rk_pause : REFRESH_SECONDS))
    rk_wait=$((rk_pause - $(rk_random $((rk_pause / 2)))))
    rk_due=$(($(date +%s) + rk_wait))
    return 1
  fi
}

rk_refresh() {
  rk_ask "${1:-}" || return 1
  [ "$rk_status" = 200 ] || return 0
  rk_new_revision=$(rk_header 'X-Key-Revision' '\([1-9][0-9]\{0,9\}\)')
  if [ "${rk_new_revision:-0}" -lt "$KEY_REVISION" ] && [ -n "$rk_new_revision" ]; then
    # Another instance's cache, or a rollback: only Scaleway can tell which.
    [ "${1:-}" = no-cache ] || { rk_refresh no-cache; return; }
    [ -z "$(rk_header Warning '\(.*\)')" ] || return 0
  fi
  rk_take
}

# Asks, again after a moment while retrieval is too busy; sets rk_answer and rk_status (200, or 304: the held key is still the current one).
rk_ask() {
  # -q: a .curlrc could say --verbose or --location. A redirect would send the credential to another host. %/: a name with a
  # slash behind it is no name.
  rk_answer=$(
    {
      # In each header, because the platform may keep one of them to itself.
      printf 'X-Auth-Token: %s\nAuthorization: Bearer %s\n' "$rk_consumer_key" "$rk_consumer_key"
      [ "${SEND_CALLER_KEY:-}" != true ] || printf 'X-Caller-Key: %s\n' "$rk_consumer_key"
      [ -z "$rk_etag" ] || printf 'If-None-Match: %s\n' "$rk_etag"
      [ "$1" != no-cache ] || printf 'Cache-Control: no-cache\n'
    } | curl -q -sSi --suppress-connect-headers --max-time "$TIMEOUT_SECONDS" -w '\n%{http_code}' -H @- "${RETRIEVAL_URL%/}"
  ) || { rk_say 'Retrieval is unreachable.'; return 1; }
  rk_status=${rk_answer##*
}
  case $rk_status-$rk_etag in 200-* | 304-?*) return 0 ;; esac
  # The platform's own refusals: it may queue parallel requests, or refuse them.
  case $rk_status-${2:-0} in
    429-[01] | 503-[01]) sleep $((1 + ${2:-0})); rk_ask "$1" $((1 + ${2:-0})); return ;;
  esac
  rk_code=$(rk_find '"error": *"\([a-z-]\{1,40\}\)"')
  rk_seen="($rk_status, ${rk_code:-no code})"
  case $rk_status-$rk_code in
    *-no-credential) rk_say "No credential reaches retrieval $rk_seen: set SEND_CALLER_KEY=true, and send_caller_key in the deployment." ;;
    401-* | 403-*) rk_say "Retrieval refuses this consumer's own credential $rk_seen: check CONSUMER_KEY, and \`consumers\` of the deployment." ;;
    *-no-key-yet) rk_say "There is no key yet $rk_seen: POST to the rotation function makes the first one." ;;
    *-key-not-named) rk_say "Retrieval has no key for this consumer at this address $rk_seen: RETRIEVAL_URL must end in the name of one of its own." ;;
    3*) rk_say "Retrieval redirects or answers unexpectedly $rk_seen, and no redirect is followed: check RETRIEVAL_URL." ;;
    429-* | 5*) rk_say "Retrieval is unavailable $rk_seen." ;;
    *) rk_say "Retrieval refuses this request $rk_seen: check RETRIEVAL_URL." ;;
  esac
  return 1
}

# Takes the key of the answer, if all parts have the expected form.
rk_take() {
  rk_hex='[0-9a-f]'
  rk_four="$rk_hex\\{4\\}"
  rk_new_access=$(rk_find '"API_KEY": *"\(SCW[A-Z0-9]\{17\}\)"')
  rk_new_secret=$(rk_find "\"SECRET_KEY\": *\"\\($rk_hex\\{8\\}-$rk_four-$rk_four-$rk_four-$rk_hex\\{12\\}\\)\"")
  rk_new_etag=$(rk_header ETag '\(.*\)')
  for rk_part in "API_KEY:$rk_new_access" "SECRET_KEY:$rk_new_secret" "ETag:$rk_new_etag" "X-Key-Revision:$rk_new_revision"; do
    [ -n "${rk_part#*:}" ] || { rk_say "Retrieval's answer has no usable ${rk_part%%:*}: it is ignored. Check RETRIEVAL_URL."; return 1; }
  done
  API_KEY=$rk_new_access SECRET_KEY=$rk_new_secret rk_etag=$rk_new_etag
  [ "$KEY_REVISION" != "$rk_new_revision" ] || return 0
  KEY_REVISION=$rk_new_revision rk_paused_until=0
  rk_say "Holding revision $KEY_REVISION."
}

# The first match of a pattern with one group in the answer.
rk_find() { printf '%s\n' "$rk_answer" | LC_ALL=C sed -n "s/.*$1.*/\\1/p" | head -n 1; }

# The value of a header of the answer, in any casing of its name.
rk_header() {
  printf '%s\n' "$rk_answer" | tr -d '\r' | LC_ALL=C awk -v name="$1" '
    BEGIN { name = tolower(name) ":" }
    /^$/ { exit }
    tolower(substr($0, 1, length(name))) == name { sub(/^[^:]*:[ \t]*/, ""); print; exit }
  ' | sed -n "s/^$2\$/\\1/p"
}

# A random whole number from 0 to the given one.
rk_random() { echo $(($(od -An -N2 -tu2 /dev/urandom) % ($1 + 1))); }
