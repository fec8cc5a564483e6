#!/usr/bin/env bash
# Builds the image: with Docker where its engine runs, else with buildah, which needs none. Where no registry answers,
# debootstrap makes the base image of the distribution's packages.
#
#   deploy/docker/build.sh TAG
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly tag=$1 base=docker.io/library/debian:12-slim
version=$(sed -n 's/^project(rollcall VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
readonly arguments=(--file deploy/docker/Dockerfile --tag "$tag" --build-arg "VERSION=$version"
    --build-arg "REVISION=$revision")

# The build asks for packages as this machine does, with its mirrors and its proxies.
make_base() {
    local folder container mirror
    folder=$(mktemp --directory)
    mirror=$(apt-get indextargets --format "\$(REPO_URI)" "Codename: $suite" "Component: main" "Created-By: Packages" | sed -n 1p)
    echo "image: no registry gives $base; debootstrap makes the base image"
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$folder" "$mirror" >build/debootstrap.log 2>&1 || {
        echo "image: debootstrap failed; see build/debootstrap.log" >&2
        exit 1
    }
    cp --recursive /etc/apt/. "$folder/etc/apt/"
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$folder" / >/dev/null
    buildah commit --quiet --rm "$container" "$own_base" >/dev/null
    rm --recursive --force "$folder"
}

if docker info >/dev/null 2>&1; then
    exec docker build "${arguments[@]}" .
fi
# Without a registry the base is what this machine is, since its sources of packages are taken too.
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
readonly suite own_base=localhost/rollcall-base:$suite
from=$base
if ! timeout 30 buildah pull --quiet "$base" >/dev/null 2>&1; then
    from=$own_base
    buildah inspect --type image "$own_base" >/dev/null 2>&1 || make_base
fi
buildah build --isolation=chroot --network=host --timestamp=0 --build-arg "BASE=$from" "${arguments[@]}" .
