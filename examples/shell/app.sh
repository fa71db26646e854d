#!/bin/sh
# A small application: reads its own key's metadata from IAM repeatedly, and prints its name, and status and revision of
# each call. Settings: see ../README.md.
set -eu
. "$(dirname "$0")/rotated-key.sh"

read_own_key() {
  # curl says 000 when there was no answer. Without pipefail, which POSIX sh lacks, its exit code is the pipe's.
  STATUS=$(printf 'X-Auth-Token: %s\n' "$SECRET_KEY" |
    curl -q -sS -o /dev/null -w '%{http_code}' --max-time 10 -H @- "$api_url/iam/v1alpha1/api-keys/$API_KEY") || :
}

api_url=${SCW_API_URL:-https://api.scaleway.com}
rotated_key_start
while :; do
  rotated_key_use read_own_key
  echo "shell $STATUS revision $KEY_REVISION"
  sleep "${CALL_SECONDS:-10}"
done
