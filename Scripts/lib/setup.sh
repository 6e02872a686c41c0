# What every script of this project does first: find the toolchain, install the Debian packages that are
# missing, build. Sourced, not run.

set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# libpython3-dev and python3-matplotlib: the embedded Python and its plots; openblas and lapacke: linear
# algebra; coinor-libclp and coinor-libcbc: linear and integer programs; libzmq3-dev: Jupyter's transport;
# libssl-dev: SHA-256; cmark-gfm: the gallery's Markdown; libedit: the prompt's lines; binutils: the linker of
# cells; pkg-config: finds them for the build.
packages=(
    libpython3-dev python3-matplotlib libopenblas-dev liblapacke-dev coinor-libclp-dev coinor-libcbc-dev
    libzmq3-dev libssl-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libedit-dev binutils pkg-config
)

say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 2
}

require_toolchain() {
    command -v swift >/dev/null || fail "swift is not on PATH: install a Swift 6 toolchain from swift.org and put its bin folder on PATH"
    local version
    version=$(swift --version 2>/dev/null | grep -o 'Swift version [0-9]*\.[0-9]*' | grep -o '[0-9]*\.[0-9]*' | head -n 1)
    case "$version" in
        6.[1-9]* | [7-9].*) ;;
        *) fail "swift is version ${version:-unknown}; expected 6.1 or newer" ;;
    esac
}

missing_packages() {
    local name
    for name in "${packages[@]}"; do
        dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || printf '%s\n' "$name"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null || fail "this is not a Debian system: install the equivalents of ${packages[*]} and build with: swift build -c release -Xswiftc -enable-testing"
    local missing
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -eq 0 ] && return
    say "installing ${missing[*]}"
    local prefix=()
    if [ "$(id -u)" -ne 0 ]; then
        # Without a terminal there is nobody to give a password.
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            prefix=(sudo)
        else
            fail "these Debian packages are missing and cannot be installed from here; run: sudo apt-get install -y ${missing[*]}"
        fi
    fi
    "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
    "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >&2 \
        || fail "apt-get could not install the packages; run: sudo apt-get install -y ${missing[*]}"
}

# Cells see the internals of the modules that they import: -enable-testing makes those link.
build_flags=(-c release -Xswiftc -enable-testing)

build() {
    say "building (release)"
    (cd "$project" && swift build "${build_flags[@]}" "$@" >&2) || fail "the build failed"
    products=$(cd "$project" && swift build "${build_flags[@]}" --show-bin-path)
    repl_kit="$products/repl-kit"
}

# The program, the worker and the library that they need, and nothing else.
build_program() {
    local product
    for product in ReplKitLibrary repl-kit-worker repl-kit; do build --product "$product"; done
}
