#!/usr/bin/env bash
# Makes the JSON schemas that the manifests are checked against, from the Go types of Kubernetes (k8s.io/api), of the
# Prometheus operator and of the Gateway API, with the generators that these projects use themselves.
#
#   deploy/helm/schemas/update.sh        takes Go and python3-yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# MINOR API-MODULE-VERSION: Kubernetes 1.29 is k8s.io/api v0.29.
readonly kubernetes=("1.29.0 v0.29.15" "1.37.0 v0.37.2")
readonly openapi_generator=k8s.io/kube-openapi/cmd/openapi-gen@v0.0.0-20260821135717-be32def86098
readonly controller_generator=sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0
readonly operator=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring@v0.94.1
readonly gateway_api=sigs.k8s.io/gateway-api@v1.6.3
readonly groups=(k8s.io/api/{core/v1,apps/v1,autoscaling/v2,networking/v1,policy/v1}
    k8s.io/apimachinery/pkg/{apis/meta/v1,runtime,util/intstr,api/resource})

work=$PWD/../../../build/schemas
mkdir -p "$work"
work=$(cd "$work" && pwd)
readonly here=$PWD work

# new_module NAME PACKAGE…: a Go module that imports the packages, in the current folder from then on.
new_module() {
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1"
    cd "$work/$1"
    go mod init schemas 2>/dev/null
    {
        echo "package main"
        printf 'import _ "%s"\n' "${@:2}"
    } >imports.go
}

# The definitions of Kubernetes' types as one JSON object, by their names in Go.
print_definitions() {
    cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"os"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"schemas/openapi"
)

func main() {
	definitions := map[string]any{}
	local := func(name string) spec.Ref { return spec.MustCreateRef("#/definitions/" + name) }
	for name, definition := range openapi.GetOpenAPIDefinitions(local) {
		definitions[name] = definition.Schema
	}
	if err := json.NewEncoder(os.Stdout).Encode(definitions); err != nil {
		panic(err)
	}
}
GO
    go mod tidy 2>/dev/null
    go run .
}

kubernetes_schemas() {
    local version=$1 api=$2
    new_module "kubernetes-$version" "${groups[@]}"
    go get "k8s.io/api@$api" "k8s.io/apimachinery@$api"
    go get -tool "$openapi_generator"
    go mod tidy
    go tool openapi-gen --go-header-file /dev/null --output-dir openapi --output-pkg schemas/openapi \
        --output-file generated.go --report-filename violations "${groups[@]}"
    print_definitions >definitions.json
    python3 "$here/reduce.py" kubernetes definitions.json "$here/v$version"
}

custom_schemas() {
    new_module custom "${operator%@*}/v1" "${gateway_api%@*}/apis/v1"
    go get "${operator/@//v1@}" "${gateway_api/@//apis/v1@}"
    GOBIN=$work go install "$controller_generator"
    "$work/controller-gen" crd:allowDangerousTypes=true output:crd:dir=crds \
        "paths=${operator%@*}/v1" "paths=${gateway_api%@*}/apis/v1"
    python3 "$here/reduce.py" custom crds "$here/custom"
}

for pair in "${kubernetes[@]}"; do
    read -r version api <<<"$pair"
    kubernetes_schemas "$version" "$api"
done
custom_schemas
