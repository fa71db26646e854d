# Helpers of RUNBOOK.md, for bash and zsh. Source this file in the folder of a deployment: . scripts/runbook.sh
# Names in capitals (ROTATION_URL, TOKEN, SCW_SECRET_KEY) are yours to set, names in small letters are set here. With ROTATION_URL
# or RETRIEVAL_URL set, Terraform is not asked, and SEND_CALLER_KEY=true sends the token as X-Caller-Key too. Where there are
# several keys, set KEY_NAME to the one that rotation, retrieval, $secret and $application_id are about; without it, rotation
# gives the status of all. If something is missing, one sentence says what, no helper is defined and the exit status is 1. A key
# reaches curl on standard input: it is never an argument, in the history or on the screen.

runbook_say() { printf '%s\n' "$1" >&2; }

# What was sourced before belongs to another deployment, or to this one before an apply.
runbook_forget() {
  local name
  for name in ask json rows rotation retrieval consumer scaleway resource runbook_has runbook_has_state runbook_is_same_key runbook_token runbook_headers; do
    unset -f "$name" 2>/dev/null || :
  done
  if [ -n "${runbook_tofu:-}" ]; then unset -f terraform; fi
  runbook_tofu='' runbook_given='' runbook_caller_headers='' runbook_key='' runbook_names='' runbook_unnamed=''
  rotation_url='' retrieval_url='' application_id='' secret_id='' secret_region='' operator_key='' secret='' keys=/iam/v1alpha1/api-keys
}

# The token goes to this address: over TLS, or to this machine.
runbook_is_address() {
  case $1 in
    *[[:space:]@]*) return 1 ;;
    '' | https://?* | http://127.0.0.1:* | http://localhost:* | 'http://[::1]:'*) return 0 ;;
  esac
  return 1
}

# The name becomes part of an address.
runbook_is_name() {
  local LC_ALL=C
  case $1 in *[!a-z0-9-]* | -*) return 1 ;; esac
  [ "${#1}" -le 40 ]
}

# The names of the keys, and the values of the outputs that are named, a line for each. What is one key's is that of KEY_NAME.
runbook_values() {
  node -e '
    const [, key, ...names] = process.argv
    const outputs = JSON.parse(fs.readFileSync(0, "utf8"))
    const keys = outputs.keys?.value ?? {}
    const { application_id, secret_id, region } = keys[key] ?? {}
    const own = key === "" ? {} : { application_id, secret_id, region }
    console.log(Object.keys(keys).join(", "))
    for (const name of names) console.log(String((name in own ? own[name] : outputs[name]?.value) ?? ""))' "$runbook_key" "$@"
}

runbook_read_outputs() {
  local outputs tool=terraform instead='set ROTATION_URL, RETRIEVAL_URL and TOKEN yourself (RUNBOOK.md, "Set up").'
  command -v terraform >/dev/null || tool=tofu
  if ! command -v "$tool" >/dev/null; then
    runbook_say "Neither terraform nor tofu is on the PATH: install one of them, or $instead"
    return 1
  fi
  if ! outputs=$("$tool" output -json -no-color 2>/dev/null); then
    runbook_say "\"$tool output\" fails in this folder: run it to see why, go to the folder of the deployment, or $instead"
    return 1
  fi
  {
    read -r runbook_names && read -r rotation_url && read -r retrieval_url && read -r application_id && read -r secret_id && read -r operator_key &&
      read -r runbook_caller_headers && read -r secret_region
  } < <(
    printf '%s' "$outputs" |
      runbook_values rotation_url retrieval_url application_id secret_id operator_secret_key caller_headers region 2>/dev/null
  )
  if [ -n "$rotation_url" ] && [ -n "$runbook_key" ] && [ -z "$secret_id" ]; then
    runbook_say "KEY_NAME is no key of this deployment (${runbook_names:-its only one has no name}): set it to one or unset it, and source this file again."
    return 1
  fi
  # Where there are several keys, and KEY_NAME names none, there are no ids.
  case $runbook_key,$runbook_names in ,*,*) runbook_unnamed=yes ;; esac
  if [ -z "$rotation_url" ] || [ -z "$retrieval_url" ] ||
    { [ -z "$runbook_unnamed" ] && { [ -z "$application_id" ] || [ -z "$secret_id" ]; }; }; then
    runbook_say "Nothing is applied from this folder and workspace: go to those of the deployment, run \"$tool apply\", or $instead"
    return 1
  fi
  if [ "$tool" = terraform ]; then return; fi
  runbook_tofu=yes
  terraform() { tofu "$@"; }
}

runbook_begin() {
  if ! command -v curl >/dev/null || ! command -v node >/dev/null; then
    runbook_say 'curl or node is not on the PATH: install both, every helper needs them.'
    return 1
  fi
  runbook_key=${KEY_NAME:-}
  if ! runbook_is_name "$runbook_key"; then
    runbook_say 'KEY_NAME must be the name of a key (small letters, digits and hyphens), or empty: set it again.'
    return 1
  fi
  if [ -n "${ROTATION_URL:-}${RETRIEVAL_URL:-}" ]; then
    runbook_given=yes
    rotation_url=${ROTATION_URL:-} retrieval_url=${RETRIEVAL_URL:-}
    application_id=${APPLICATION_ID:-} secret_id=${SECRET_ID:-}
    case ${SEND_CALLER_KEY:-} in
      true) runbook_caller_headers=X-Caller-Key ;;
      '' | false) ;;
      *)
        runbook_say 'SEND_CALLER_KEY must be true, false or empty: true sends the token as X-Caller-Key as well.'
        return 1
        ;;
    esac
  else
    runbook_read_outputs || return 1
  fi
  if ! runbook_is_address "$rotation_url" || ! runbook_is_address "$retrieval_url"; then
    runbook_say 'ROTATION_URL and RETRIEVAL_URL must begin with https:// and hold no user and no space: set them again.'
    return 1
  fi
  if [ -n "$runbook_key" ]; then
    rotation_url=${rotation_url:+${rotation_url%/}/$runbook_key} retrieval_url=${retrieval_url:+${retrieval_url%/}/$runbook_key}
  fi
  secret=${secret_id:+/secret-manager/v1beta1/regions/${secret_region:-${SCW_DEFAULT_REGION:-fr-par}}/secrets/$secret_id}
}

runbook_forget
if ! runbook_begin; then
  runbook_forget
  unset -f runbook_say runbook_forget runbook_is_address runbook_is_name runbook_values runbook_read_outputs runbook_begin
  return 1
fi
unset -f runbook_is_address runbook_is_name runbook_values runbook_read_outputs runbook_begin

# TOKEN wins over the operator's key of the outputs, as in npm run status.
runbook_token() { printf '%s' "${TOKEN-$operator_key}"; }

# The token in every header that the functions read it from, because the platform may keep one of them to itself.
runbook_headers() {
  printf 'X-Auth-Token: %s\nAuthorization: Bearer %s\n' "$(runbook_token)" "$(runbook_token)"
  case $runbook_caller_headers in *X-Caller-Key*) printf 'X-Caller-Key: %s\n' "$(runbook_token)" ;; esac
}

runbook_has() { [ -n "$1" ] || { runbook_say "$2" && false; }; }

# Says which key is acted on. One that was named after the sourcing would have the ids and addresses of another.
runbook_is_same_key() {
  [ "${KEY_NAME:-}" = "$runbook_key" ] || runbook_has '' "KEY_NAME is not what it was when this file was sourced: source it again." || return
  [ -z "$runbook_key" ] || runbook_say "The key $runbook_key:"
}

runbook_has_state() {
  [ -z "$runbook_given" ] || runbook_has '' "$1 needs the Terraform state: \"unset ROTATION_URL RETRIEVAL_URL\", go to its folder and source this file again."
}

# curl with headers on standard input. The HTTP status goes to standard error.
ask() { curl -sS -w '%{stderr}HTTP %{http_code}\n' -H @- -H 'Content-Type: application/json' "$@"; }

# Indents JSON. Anything else is shown as it is.
json() {
  node -e '
    const text = fs.readFileSync(0, "utf8")
    try { console.log(JSON.stringify(JSON.parse(text), null, 2)) } catch { console.log(text) }'
}

# A line for each object of the list in a JSON answer: rows FIELD [FIELD …]
rows() {
  node -e '
    const rows = Object.values(JSON.parse(fs.readFileSync(0))).find(Array.isArray) ?? []
    for (const row of rows) console.log(process.argv.slice(1).map(name => row[name]).join("  "))' "$@"
}

# The status of the rotation function, past its memory, or with -d an action.
rotation() {
  runbook_is_same_key || return
  runbook_has "$rotation_url" 'rotation needs its URL: set ROTATION_URL and source this file again.' || return
  runbook_has "$(runbook_token)" 'rotation needs a token: "read -rs TOKEN", then the secret key of an operator.' || return
  runbook_headers | ask --max-time 320 -H 'Cache-Control: no-cache' "$@" "$rotation_url" | json
}

# The key as retrieval gives it, past its memory. The secret key is hidden.
retrieval() {
  runbook_is_same_key || return
  runbook_has "$retrieval_url" 'retrieval needs its URL: set RETRIEVAL_URL and source this file again.' || return
  runbook_has "$(runbook_token)" 'retrieval needs a token: "read -rs TOKEN", then the secret key of a consumer.' || return
  runbook_headers | ask --max-time 70 -H 'Cache-Control: no-cache' "$retrieval_url" |
    sed -E 's/("SECRET_KEY": *")[^"]*/\1…/' | json
}

# The token of a consumer: TOKEN=$(consumer NAME)
consumer() {
  runbook_has_state consumer || return
  terraform output -json consumer_secret_keys | node -p 'JSON.parse(fs.readFileSync(0))[process.argv[1]] ?? ""' "${1:-}"
}

# Scaleway's own API, which reads X-Auth-Token, with your key: scaleway METHOD PATH [arguments of curl]
scaleway() {
  local method=${1:-} place=${2:-} lacks='the ids of the deployment: set APPLICATION_ID and SECRET_ID and source this file again.'
  [ -z "$runbook_unnamed" ] || lacks="the ids of a key: set KEY_NAME to one of $runbook_names, and source this file again."
  runbook_is_same_key || return
  runbook_has "${SCW_SECRET_KEY:-}" 'scaleway needs your own API key: set SCW_SECRET_KEY.' || return
  case $place in '' | /versions* | /restore | *bearer_id=\&*) runbook_has '' "scaleway lacks $lacks" || return ;; esac
  shift 2
  printf 'X-Auth-Token: %s' "$SCW_SECRET_KEY" |
    ask --max-time 60 -X "$method" "$@" "${SCW_API_URL:-https://api.scaleway.com}$place" | json
}

# The id of a resource in the state: region/uuid
resource() {
  runbook_has_state resource || return
  terraform state show -no-color "${1:-}" | sed -n 's/^ *id *= "\(.*\)"/\1/p'
}

runbook_whose='no caller yet: "read -rs TOKEN"'
if [ -n "${TOKEN+set}" ]; then runbook_whose='the holder of TOKEN'; elif [ -n "$operator_key" ]; then runbook_whose='the operator'; fi
runbook_say "Ready${runbook_key:+ for the key $runbook_key}: rotation at ${rotation_url:-(no ROTATION_URL)}, retrieval at ${retrieval_url:-(no RETRIEVAL_URL)}, as $runbook_whose."
[ -z "$runbook_unnamed" ] ||
  runbook_say "There are several keys ($runbook_names): set KEY_NAME to one and source this file again, or ask rotation for the status of all."
