#!/usr/bin/env bash
# Creates an agent, changes it and deletes it again. Needs curl and jq.
set -euo pipefail
base=http://localhost:8080

# A key of its own for each write makes it safe to send it again when no answer came.
call() {
    curl --silent --show-error --fail-with-body --retry 3 --retry-connrefused --header 'Content-Type: application/json' \
        --header "Idempotency-Key: $(date +%s%N)-$RANDOM" "$@"
}

agent=$(call --request POST "$base/agents" --data '{
    "provider": "converra", "name": "Order Desk", "model": "gpt-4o",
    "instructions": "You take orders. Confirm every date and amount twice."}')
path=$base/agents/$(jq --raw-output '.id | @uri' <<<"$agent")

call --request PATCH "$path" --data '{"tags": ["support", "v2"]}' | jq --compact-output '{id, name, tags}'
call --request DELETE "$path"
