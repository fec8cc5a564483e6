#!/usr/bin/env bash
# Checks the chart with every tool of tools.txt, and what it renders with the gateway itself. `./dev chart` runs it.
#
#   deploy/helm/check.sh ROLLCALL        from the root of the checkout; ROLLCALL is the built gateway
set -euo pipefail

readonly rollcall=$1
readonly folder=deploy/helm chart=deploy/helm/rollcall tools=$PWD/build/tools out=build/chart
readonly oldest_go=1.26 own_go=1.26.8
readonly release=check namespace=agents
readonly kubernetes=(1.29.0 1.37.0)  # the oldest and the newest of deploy/helm/schemas

# Checks of kube-score that are not asked for, each with its reason:
readonly unwanted_scores=(
    container-image-pull-policy  # a version is pushed once, so it need not be pulled again
    pod-networkpolicy            # the pod of `helm test` goes without; the unit tests hold the gateway's
)

fail() {
    echo "chart: $1" >&2
    exit 1
}

is_recent_go() {
    local found
    found=$(go env GOVERSION)
    [[ $(printf '%s\n' "$oldest_go" "${found#go}" | sort -V | head -n 1) == "$oldest_go" ]]
}

# Makes `go` one that the tools can be built with. The distribution's may be older; but any Go takes a later one from
# the module proxy and looks at its checksum, though only those from 1.21 on know that its programs are to be run.
require_go() {
    local module root
    type -P go >/dev/null || fail "Go is needed to build the tools of $folder/tools.txt, and there is none"
    is_recent_go && return
    module=golang.org/toolchain@v0.0.1-go$own_go.$(go env GOOS)-$(go env GOARCH)
    say "taking $module, because $(go env GOVERSION) is older than $oldest_go"
    root=$(folder_of_module "$module")
    chmod u+x "$root"/bin/* "$root"/pkg/tool/*/*
    export PATH=$root/bin:$PATH GOTOOLCHAIN=local
    unset GOROOT
    is_recent_go || fail "Go $oldest_go or later is needed to build the tools of $folder/tools.txt"
}

# Where the source of MODULE@VERSION is, once the proxy has given it.
folder_of_module() {
    local found
    found=$(go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') || true
    [[ -n $found ]] || fail "the module proxy does not give $1, and without it the chart is not checked"
    echo "$found"
}

# Each is built within its own module, so that it is made of what its authors chose: `go install` refuses those that
# replace a dependency.
install_tools() {
    local module program tool source
    mkdir -p "$tools"
    while read -r module program; do
        tool=$tools/${program##*/}
        [[ -x $tool && $(cat "$tool.version" 2>/dev/null) == "$module" ]] && continue
        say "building $module"
        source=$(folder_of_module "$module")
        (cd "$source" && go build -o "$tool" "./$program") || fail "$module could not be built"
        echo "$module" >"$tool.version"
    done < <(grep '^[^#]' "$folder/tools.txt")
}

say() {
    printf '%s\n' "chart: $*"
}

check_version() {
    local version
    version=$(sed -n 's/^project(rollcall VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
    say "version and appVersion are the project's, $version"
    grep --quiet --line-regexp "version: $version" "$chart/Chart.yaml" || fail "Chart.yaml: version is not $version"
    grep --quiet --line-regexp "appVersion: \"$version\"" "$chart/Chart.yaml" || fail "Chart.yaml: appVersion is not $version"
}

# The package must hold what the symbolic links of files/ lead to.
check_package() {
    say "helm package holds the rules and the dashboard"
    "$tools/helm" package "$chart" --destination "$out" >"$out/package.log" 2>&1 || fail "$(cat "$out/package.log")"
    tar --extract --to-stdout --file "$out"/rollcall-*.tgz rollcall/files/rules.yaml | cmp - "$chart/files/rules.yaml"
    tar --extract --to-stdout --file "$out"/rollcall-*.tgz rollcall/files/dashboard.json |
        cmp - "$chart/files/dashboard.json"
}

# Runs a command that reads the chart, without its word on every link of files/.
without_links() {
    "$@" 2> >(grep --invert-match 'found symbolic link' >&2)
}

# render VALUES VERSION [ARGUMENT…]: the manifests, for a version of Kubernetes.
render() {
    without_links "$tools/helm" template "$release" "$chart" --namespace "$namespace" --values "$1" \
        --kube-version "$2" "${@:3}"
}

# The pods are made anew when the configuration differs, and not when anything else does.
check_rollout() {
    local values=$chart/ci/minimal-values.yaml
    say "a new configuration makes new pods, and nothing else does"
    sums() { render "$values" "${kubernetes[0]}" "$@" | grep checksum/config; }
    [[ $(sums) == $(sums --set replicas=3) ]] || fail "another number of replicas makes new pods"
    [[ $(sums) != $(sums --set config.log.level=debug) ]] || fail "another configuration makes no new pods"
    [[ $(sums) != $(sums --set profiles.mine=mine) ]] || fail "another profile makes no new pods"
}

# check_rendered VALUES: everything that one set-up renders.
check_rendered() {
    local values=$1 name manifests version
    name=$(basename "$values" -values.yaml)
    manifests=$out/$name.yaml
    say "$name"
    without_links "$tools/helm" lint --strict --quiet "$chart" --values "$values"
    for version in "${kubernetes[@]}"; do
        render "$values" "$version" >"$manifests"
        "$tools/kubeconform" -strict -summary -kubernetes-version "$version" \
            -schema-location "$folder/schemas/{{.NormalizedKubernetesVersion}}/{{.ResourceKind}}{{.KindSuffix}}.json" \
            -schema-location "$folder/schemas/custom/{{.ResourceKind}}{{.KindSuffix}}.json" "$manifests"
        "$tools/kube-score" score --kubernetes-version "v${version%.*}" --output-format ci --exit-one-on-warning \
            "${unwanted_scores[@]/#/--ignore-test=}" "$manifests" >"$out/$name.score" ||
            fail "kube-score: $(grep --invert-match '^\[OK\]\|^\[SKIPPED\]' "$out/$name.score")"
    done
    python3 "$folder/check_config.py" "$rollcall" "$manifests" "$out/$name"
}

require_go
install_tools
rm -rf "$out"
mkdir -p "$out"
check_version
say "README.md names every value, and the schema every key of the gateway"
python3 "$folder/check_values.py" "$out/every-key.yaml"
render "$out/every-key.yaml" "${kubernetes[0]}" >/dev/null
say "helm-unittest"
without_links "$tools/helm-unittest" --strict --color=false "$chart"
for values in "$chart"/ci/*-values.yaml; do check_rendered "$values"; done
check_rollout
check_package
say "all is well"
