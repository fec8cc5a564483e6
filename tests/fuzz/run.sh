#!/usr/bin/env bash
# run.sh SECONDS TARGET: fuzzes one target for so long, and says in a line what came of it. What it learns is kept in
# build/fuzz/corpus; a finding is kept in build/fuzz/findings, told, and makes it fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly seconds=$1 target=$2
readonly program=build/fuzz/targets/fuzz-$target log=build/fuzz/$target.log dictionary=tests/fuzz/dictionaries/$target
readonly grown=build/fuzz/corpus/$target findings=build/fuzz/findings/$target

last_match() {
    sed -n "s/$1/\1/p" "$log" | tail -n 1
}

options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1
    -artifact_prefix="$findings/")
if [[ -e $dictionary ]]; then options+=("-dict=$dictionary"); fi
mkdir -p "$grown" "$findings"

found=0
"$program" "${options[@]}" "$grown" "tests/fuzz/corpus/$target" >"$log" 2>&1 || found=1
printf '%-16s %12s executions %7s edges %3s findings\n' "$target" \
    "$(last_match 'stat::number_of_executed_units: *\([0-9]*\)')" "$(last_match '.* cov: \([0-9]*\) .*')" "$found"
((found)) || exit 0

grep --max-count 3 --regexp 'BROKEN PROMISE' --regexp 'runtime error' --regexp 'SUMMARY' "$log" || tail -n 5 "$log"
echo "  $program $(last_match '.*Test unit written to \(.*\)')   # replays it; all that was said is in $log"
exit 1
