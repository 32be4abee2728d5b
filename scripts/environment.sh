# Sourced by the other scripts after they have changed into the project's folder: finds Python, makes .venv and
# brings the locked packages into it. POSIX sh; works without git, as any user, from any path.

# A caller's habits must not reach our environment. Without byte code every start compiles Django anew.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
export PYTHONUTF8=1
export PIP_DISABLE_PIP_VERSION_CHECK=1
export UV_NO_PROGRESS=1

VENV_PYTHON=.venv/bin/python

say() { printf '%s\n' "$@" >&2; }

fail() {
    say "" "$@"
    exit 1
}

stage_now() { date +%s.%N 2>/dev/null || date +%s; }

# Remembers when a stage ended; scripts/serve.py prints them all as seconds.
stage_done() {
    ENGAGE_STAGES="${ENGAGE_STAGES}${ENGAGE_STAGES:+;}$1=$(stage_now)"
    export ENGAGE_STAGES
}

is_recent_python() {
    "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_venv() {
    "$1" -I -c 'import venv, ssl, sqlite3, ctypes' >/dev/null 2>&1 || return 1
    # uv brings the packages itself; without it the new environment needs its own pip.
    command -v uv >/dev/null 2>&1 || "$1" -I -c 'import ensurepip' >/dev/null 2>&1
}

# Sets PYTHON to an interpreter that can make the environment, or stops and names what is missing.
find_python() {
    incomplete=""
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3; do
        is_recent_python "$candidate" || continue
        if can_make_venv "$candidate"; then
            PYTHON=$candidate
            return
        fi
        incomplete="${incomplete:-$candidate}"
    done
    if [ -n "$incomplete" ]; then
        version=$("$incomplete" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "Python $version is here, but it cannot make a virtual environment (venv, ensurepip, ssl or sqlite3 is missing)." \
            "  Debian, Ubuntu:  apt install python$version-venv" \
            "  Fedora, RHEL:    dnf install python$version" \
            "  macOS:           brew install python"
    fi
    fail "Engage needs Python 3.11 or newer; none was found on PATH." \
        "  Debian, Ubuntu:  apt install python3 python3-venv" \
        "  Fedora, RHEL:    dnf install python3" \
        "  openSUSE:        zypper install python311" \
        "  macOS:           brew install python" \
        "An interpreter elsewhere can be named: PYTHON=/path/to/python3 make run"
}

lock_mark() { cksum <"requirements/$1.txt"; }

is_installed() {
    for lock in "$@"; do
        [ "$(cat ".venv/engage-$lock.lock" 2>/dev/null)" = "$(lock_mark "$lock")" ] || return 1
    done
}

# An environment whose interpreter was removed or upgraded to another minor version is of no use.
venv_works() {
    [ -x "$VENV_PYTHON" ] &&
        "$VENV_PYTHON" -IS -c 'import os, sys
sys.exit(not os.path.isdir(os.path.join(sys.prefix, "lib", "python%d.%d" % sys.version_info[:2])))' 2>/dev/null
}

make_venv() {
    [ -w . ] || fail "This folder cannot be written to by $(id -un): $(pwd)" \
        "Engage keeps its virtual environment (.venv) and its site (var) here; run it as the folder's owner or copy it."
    find_python
    say "Making the virtual environment with $("$PYTHON" -I -c 'import sys; print(sys.executable, sys.version.split()[0])')"
    rm -rf .venv
    if command -v uv >/dev/null 2>&1; then
        "$PYTHON" -m venv --without-pip .venv
    else
        "$PYTHON" -m venv .venv
    fi || fail "The virtual environment could not be made; the lines above say why."
    stage_done "virtual environment"
}

# Where pip was told to look (a mirror, an office's own index and certificates), uv looks too.
share_pip_settings() {
    if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then export SSL_CERT_FILE="$PIP_CERT"; fi
    [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] || return 0
    index=${PIP_INDEX_URL:-}
    if [ -z "$index" ]; then index=$("$VENV_PYTHON" -m pip config get global.index-url 2>/dev/null) || index=""; fi
    if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
}

find_uv() {
    if command -v uv >/dev/null 2>&1; then UV=uv
    elif [ -x .venv/bin/uv ]; then UV=.venv/bin/uv
    elif "$VENV_PYTHON" -m pip install --quiet --require-hashes -r requirements/installer.txt; then UV=.venv/bin/uv
    else
        say "uv is not available here; pip installs instead, which takes longer."
        UV=""
    fi
}

install_locks() {
    find_uv
    share_pip_settings
    say "Installing the locked packages: $*"
    for lock in "$@"; do rm -f ".venv/engage-$lock.lock"; done
    files=""
    for lock in "$@"; do files="$files -r requirements/$lock.txt"; done
    # $files is split on purpose: the names in it are ours and hold no space.
    # shellcheck disable=SC2086
    if [ -n "$UV" ] && "$UV" pip install --quiet --python "$VENV_PYTHON" --require-hashes --compile-bytecode $files; then :
    elif "$VENV_PYTHON" -m pip --version >/dev/null 2>&1 || "$VENV_PYTHON" -m ensurepip --upgrade >/dev/null 2>&1; then
        if [ -n "$UV" ]; then say "uv did not succeed; trying with pip."; fi
        # shellcheck disable=SC2086
        "$VENV_PYTHON" -m pip install --quiet --require-hashes $files ||
            fail "The packages could not be installed; the lines above say why. A second try goes on from here."
    else
        fail "The packages could not be installed; the lines above say why. A second try goes on from here."
    fi
    for lock in "$@"; do lock_mark "$lock" >".venv/engage-$lock.lock"; done
    stage_done "packages"
}

# ensure_environment LOCK...: afterwards .venv holds exactly what these locks say. Does nothing when it does already.
ensure_environment() {
    venv_works || make_venv
    is_installed "$@" || install_locks "$@"
}
