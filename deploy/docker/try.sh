#!/usr/bin/env bash
# Runs the image as a careful cluster does, read-only, without any capability, as a user without a name, and asks it for
# the agents of the simulated providers. Says how large it is and how soon it was ready.
#
#   deploy/docker/try.sh TAG        needs build/rollcall-simulator and the ports of config/demo.yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly tag=$1 name=rollcall-image-try patience_s=10
if docker info >/dev/null 2>&1; then engine=(docker); else engine=(podman --runtime "$(type -P runc)"); fi
# Podman would else ask for more than some machines allow, and fail.
readonly limits=(--ulimit nofile=4096 --ulimit nproc=1024)

fail() {
    "${engine[@]}" logs "$name" >&2 || true
    echo "image: $1" >&2
    exit 1
}

end() {
    "${engine[@]}" rm --force "$name" >/dev/null 2>&1 || true
    kill "$simulator" 2>/dev/null || true
}

ask() {
    curl --silent --fail --noproxy '*' --max-time 5 "http://127.0.0.1:$1"
}

# When the container's process began, in milliseconds since the epoch; the kernel tells it to a hundredth of a second.
began_ms() {
    local pid ticks up
    pid=$("${engine[@]}" inspect --format '{{.State.Pid}}' "$name")
    ticks=$(sed 's/.*) //' "/proc/$pid/stat" | cut --delimiter=' ' --fields=20)
    up=$(cut --delimiter=' ' --fields=1 /proc/uptime)
    echo $(($(date +%s%3N) - $(printf '%.0f' "${up}e3") + ticks * 1000 / $(getconf CLK_TCK)))
}

build/rollcall-simulator --demo >build/image-simulator.log 2>&1 &
simulator=$!
trap end EXIT
sed 's/format: text/format: json/' config/demo.yaml >build/image.yaml
"${engine[@]}" run --detach --name "$name" --network=host --read-only --cap-drop=ALL --user 65532 \
    --security-opt no-new-privileges "${limits[@]}" --volume "$PWD/build/image.yaml:/etc/rollcall/rollcall.yaml:ro" "$tag" >/dev/null
began=$(began_ms)
until ask 9901/readyz >/dev/null; do
    ((SECONDS < patience_s)) || fail "it is not ready after $patience_s s"
    sleep 0.05
done
listening=$("${engine[@]}" logs "$name" 2>&1 | sed -n 's/.*"time":"\([^"]*\)".*"message":"listening".*/\1/p')
page=$(ask '8080/agents?limit=8') || fail "it gave no page"
grep --quiet '"partial":false' <<<"$page" || fail "a provider is missing from its page: $page"
"${engine[@]}" stop --time 30 "$name" >/dev/null
exit_code=$("${engine[@]}" inspect --format '{{.State.ExitCode}}' "$name")
((exit_code == 0)) || fail "SIGTERM ended it with $exit_code"
size=$("${engine[@]}" image inspect --format '{{.Size}}' "$tag")
echo "image: $tag, $((size / 1000000)) MB, listening $(($(date --date "$listening" +%s%3N) - began)) ms after its start"
