#!/usr/bin/env bash
# Prints the id of every agent. Needs curl and jq.
set -euo pipefail
base=http://localhost:8080

cursor=()
while :; do
    # --retry asks again after 502, 503 and 504, when Retry-After says so.
    page=$(curl --silent --show-error --fail --retry 5 --get "$base/agents" --data limit=200 "${cursor[@]}")
    jq --raw-output '.data[].id' <<<"$page"
    [[ $(jq .page.has_more <<<"$page") == true ]] || break
    if [[ $(jq .partial <<<"$page") == true ]]; then sleep 1; fi
    cursor=(--data-urlencode "cursor=$(jq --raw-output .page.next_cursor <<<"$page")")
done
