#!/usr/bin/env bash
# Sets Safespan up: for a look, for its tests, or as a box. `./install.sh --help` says how.
set -Eeuo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly venv="$here/.venv"
readonly prefix=/opt/safespan
readonly units="safespan-guardian safespan-sensor safespan-web safespan-lights safespan-lists.timer"
# What each purpose needs from Debian. libpcap filters capture files; without it that is slower.
readonly python_packages="python3 python3-venv"
readonly run_packages="libpcap0.8"
readonly test_packages="$run_packages bind9-dnsutils ca-certificates caddy chromium curl dnsmasq-base ethtool
    fonts-dejavu-core iproute2 iputils-ping procps shellcheck systemd tcpdump tcpreplay"
readonly box_packages="$python_packages $run_packages systemd"
dry_run=false
logs=""
changed=false # whether this run has altered anything that the units use

usage() {
    cat <<'TEXT'
Usage: ./install.sh [--dry-run] COMMAND [ARGUMENTS]

  run [OPTIONS]     set up what is needed, then start Safespan here in the foreground. Without options it plays a
                    demonstration school and needs no root; with --interface NAME it listens for real.
                    OPTIONS are those of `safespan run` (see ./install.sh run --help).
  test [OPTIONS]    set up what the tests need, then run every check and test. OPTIONS go to pytest.
  setup             only make the Python environment (.venv) from the lock file.
  appliance         make this Debian machine a box: users, units, settings; enable and start them. Needs root.

  --dry-run         say each step and change nothing
  --help            this text
TEXT
}

say() { printf '%s\n' "$*"; }

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

tidy() { [[ -z $logs ]] || rm -rf -- "$logs"; }
trap tidy EXIT
trap 'fail "stopped at line $LINENO: \"$BASH_COMMAND\" did not work. Nothing is half done: run the same command again."' ERR

# step SENTENCE COMMAND...: says what is done and does it; with --dry-run it only says so.
step() {
    local sentence=$1
    shift
    if $dry_run; then
        say "Would: ${sentence,}"
        if [[ $(type -t "$1") != function ]]; then
            printf '      '
            printf ' %q' "$@"
            printf '\n'
        fi
        return 0
    fi
    say "$sentence"
    "$@"
}

# quietly REMEDY COMMAND...: runs a chatty command; only when it fails are its last lines and the remedy shown.
quietly() {
    local remedy=$1 log
    shift
    [[ -n $logs ]] || logs=$(mktemp -d)
    log="$logs/output"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 8 "$log" >&2
        fail "$remedy"
    fi
}

is_root() { [[ $(id -u) -eq 0 ]]; }

is_debian() {
    [[ -r /etc/os-release ]] && grep -Eq '^ID(_LIKE)?=.*(debian|raspbian)' /etc/os-release && command -v apt-get >/dev/null
}

# --- Debian packages --------------------------------------------------------------------------------------------------

# installed_packages: the names of all that is installed, also those that one package has taken over from another.
installed_packages() {
    dpkg-query -W -f '${db:Status-Status} ${Package},${Provides}\n' | sed -n 's/^installed //p' |
        sed 's/([^)]*)//g; s/ //g' | tr ',' '\n'
}

# missing_packages NAME...: those of the names that are not installed, each once.
missing_packages() {
    awk 'NR == FNR { have[$0]; next } !($0 in have) && !seen[$0]++ { printf "%s ", $0 }' \
        <(installed_packages) <(printf '%s\n' "$@")
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

# want_packages must|may NAME...: installs what is missing where that can be done; `may` goes on without.
want_packages() {
    local need=$1 missing
    shift
    is_debian || return 0
    # shellcheck disable=SC2086 # a list of package names
    has_python || set -- $python_packages "$@"
    missing=$(missing_packages "$@")
    [[ -n $missing ]] || return 0
    if ! is_root; then
        say "Not installed (it needs root): $missing- what depends on them is left out."
        return 0
    fi
    # shellcheck disable=SC2086 # a list of package names
    step "Installing Debian packages: $missing" install_packages "$need" $missing
}

install_packages() {
    local need=$1
    shift
    if [[ $need == must ]]; then
        quietly "Debian's packages could not be installed: check this machine's network and time, then run this again." apt_install "$@"
    elif ! (trap - ERR EXIT; apt_install "$@" >/dev/null 2>&1); then
        say "Some Debian packages could not be installed (no network?): what depends on them is left out."
    fi
}

# --- the Python environment -------------------------------------------------------------------------------------------

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null && suits "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# Whether there is a Python that can make environments; Debian keeps that part in a package of its own.
has_python() {
    local python
    python=$(find_python) && "$python" -c 'import ensurepip, venv' 2>/dev/null
}

python_or_fail() {
    find_python || fail "Safespan needs Python 3.11 or newer, and this machine has none: install python3 (Debian 12 or later has it)."
}

checksum() { sha256sum | cut -c1-64; }

# stamp LOCK: what an environment made from LOCK was made of; a change of any of it means installing again.
stamp() { { printf '%s\n' "$here"; cat "$here/pyproject.toml" "$1"; } | checksum; }

is_current() { [[ -x $venv/bin/python && -x $venv/bin/safespan && -r $venv/$2 && $(<"$venv/$2") == "$(stamp "$1")" ]]; }

make_venv() {
    local target=$1 python
    shift
    python=$(python_or_fail)
    quietly "Python's venv module does not work here: on Debian, install it with 'apt-get install python3-venv'." \
        "$python" -m venv "$@" "$target"
}

# A copied or moved folder, or a Python that is gone, leaves an environment that looks whole and is not.
venv_is_sound() {
    [[ -x $venv/bin/python ]] && suits "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1 &&
        { [[ ! -e $venv/bin/safespan ]] || grep -qF -- "$venv/" "$venv/bin/safespan"; }
}

ensure_venv() {
    venv_is_sound && return 0
    if [[ -e $venv && ! -e $venv/pyvenv.cfg ]]; then
        fail "$venv is in the way and is not a Python environment: move it somewhere else, then run this again."
    fi
    step "Making a Python environment in .venv" make_venv "$venv" --clear
}

pip_install() {
    local python=$1
    shift
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1 "$python" -m pip install -q "$@"
}

readonly pip_remedy="The Python packages could not be installed: check this machine's network and time, then run this again."

install_into_venv() {
    local lock=$1 mark=$2
    rm -f -- "$venv/$mark"
    quietly "$pip_remedy" pip_install "$venv/bin/python" --require-hashes -r "$lock"
    quietly "$pip_remedy" pip_install "$venv/bin/python" --no-deps --no-build-isolation -e "$here"
    stamp "$lock" >"$venv/$mark"
}

may_write_here() { $dry_run || [[ -w $here && (! -e $venv || -w $venv) ]]; }

# ensure_environment LOCK MARK: .venv holds what LOCK names; quick where nothing changed.
ensure_environment() {
    is_current "$1" "$2" && return 0
    may_write_here || fail "you may not write in $here: run this as whoever owns it, or copy the folder to a place of your own."
    ensure_venv
    step "Installing the Python packages of ${1##*/} (about a minute the first time)" install_into_venv "$1" "$2"
}

setup() {
    ensure_environment "$here/requirements.lock" safespan-installed
}

# --- commands ---------------------------------------------------------------------------------------------------------

run() {
    # shellcheck disable=SC2086 # a list of package names
    want_packages may $run_packages
    setup
    if $dry_run; then
        step "Starting Safespan" "$venv/bin/safespan" run "$@"
        return 0
    fi
    exec "$venv/bin/safespan" run "$@"
}

# check NAME COMMAND...: one check; the names of those that fail are kept.
check() {
    local name=$1
    shift
    printf '%-18s' "$name"
    if (trap - ERR EXIT; cd -- "$here" && "$@") >"$logs/check" 2>&1; then
        say "ok"
    else
        say "FAILED"
        cat "$logs/check"
        failed+="$name, "
    fi
}

all_checks() {
    local bin="$venv/bin"
    check "ruff" "$bin/ruff" check .
    check "ruff format" "$bin/ruff" format --check .
    check "mypy" "$bin/mypy"
    check "import-linter" "$bin/lint-imports"
    if command -v shellcheck >/dev/null; then
        check "shellcheck" shellcheck "$here/install.sh" "$here/.ci/run" "$here/tests/lab/installed.sh"
    else
        say "shellcheck        skipped: not installed"
    fi
}

run_tests() {
    local failed="" status=0 sharing=()
    logs=$(mktemp -d)
    # The whole suite is shared out; a part of it runs in one process, as debuggers want it.
    [[ $# -gt 0 ]] || sharing=(-n auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder)
    all_checks
    [[ -z $failed ]] || say "These checks failed: ${failed%, }. The tests run all the same; this command will end with an error."
    # pytest's own summary, with the reason of every skipped test, comes last: nothing is printed after it.
    (trap - ERR EXIT; cd -- "$here" && "$venv/bin/python" -m pytest "${sharing[@]}" "$@") || status=$?
    [[ -z $failed || $status -ne 0 ]] || status=1
    return "$status"
}

run_all_tests() {
    # shellcheck disable=SC2086 # a list of package names
    want_packages may $test_packages
    ensure_environment "$here/requirements-dev.lock" safespan-tests-installed
    if $dry_run; then
        step "Running ruff, mypy, import-linter, shellcheck and pytest" "$venv/bin/python" -m pytest "$@"
        return 0
    fi
    trap - ERR
    run_tests "$@"
}

# --- a box ------------------------------------------------------------------------------------------------------------

source_version() { sed -n 's/^version = "\(.*\)"/\1/p' "$here/pyproject.toml"; }

# A release is named after everything that goes into it: the same source is the same folder, and nothing is done twice.
release_name() {
    local sum
    sum=$(cd -- "$here" && find appliance hardware web_ui phrase_lists pyproject.toml requirements.lock -type f \
        ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | checksum)
    printf '%s-%s' "$(source_version)" "${sum:0:10}"
}

# Built from a copy: a build folder left in the checkout could bring back files that are deleted there.
install_release() {
    local release=$1 source
    [[ -n $logs ]] || logs=$(mktemp -d)
    source="$logs/source"
    mkdir -p -- "$source" "$prefix/releases"
    cp -R -- "$here"/{appliance,hardware,web_ui,phrase_lists,pyproject.toml,README.md,LICENSE} "$source/"
    # Debian's packages stay visible: on a Pi that has lgpio or RPi.GPIO and no libgpiod, the lights use those.
    # And only the system's own Python will do: one in somebody's home is out of reach of the box's users.
    PATH=/usr/bin:/bin make_venv "$release" --clear --system-site-packages
    # What the system happens to have is left out of account: it may go, or be out of reach of the box's users.
    quietly "$pip_remedy" pip_install "$release/bin/python" --ignore-installed --require-hashes -r "$here/requirements.lock"
    quietly "$pip_remedy" pip_install "$release/bin/python" --no-deps --no-build-isolation "$source"
    touch -- "$release/complete"
}

is_in_use() { [[ $(readlink -- "$prefix/current" 2>/dev/null) == "$1" ]]; }

# The release before is kept, for a way back; older ones go.
use_release() {
    local before old
    before=$(readlink -- "$prefix/current" || true)
    ln -sfn -- "$1" "$prefix/next"
    mv -T -- "$prefix/next" "$prefix/current"
    ln -sfn -- "$prefix/current/bin/safespan" /usr/local/bin/safespan
    changed=true
    for old in "$prefix"/releases/*; do
        [[ $old == "$1" || $old == "$before" ]] || rm -rf -- "$old"
    done
}

# The settings belong to the school: a file that differs is kept and the new one laid beside it.
copy_rootfs() {
    local file target mode
    while IFS= read -r -d '' file; do
        target="/${file#"$here/image_build/rootfs/"}"
        mode=0644
        [[ ! -x $file ]] || mode=0755
        if [[ $target == /etc/safespan/* && -e $target ]] && ! cmp -s -- "$file" "$target"; then
            if ! cmp -s -- "$file" "$target.new"; then
                install -D -m "$mode" -- "$file" "$target.new"
                say "  kept $target; the shipped one is beside it as $target.new"
            fi
            continue
        fi
        if ! cmp -s -- "$file" "$target"; then
            install -D -m "$mode" -- "$file" "$target"
            changed=true
        fi
    done < <(find "$here/image_build/rootfs" -type f ! -name '.gitkeep' -print0)
}

has_systemd() { [[ -d /run/systemd/system ]]; }

start_units() {
    local verb=start
    if $changed; then
        verb=restart
        systemctl daemon-reload
    fi
    # shellcheck disable=SC2086 # a list of units
    systemctl "$verb" $units
    $changed || say "Nothing has changed since the last time."
    say "Safespan is running. Its first-run code: sudo safespan users code. Its settings: /etc/safespan/safespan.toml."
}

appliance() {
    local release
    is_debian || fail "a box is Debian or Raspberry Pi OS, and this machine is neither; './install.sh run' works anywhere with Python."
    is_root || $dry_run || fail "making this machine a box needs root: run 'sudo ./install.sh appliance'."
    # shellcheck disable=SC2086 # a list of package names
    want_packages must $box_packages
    release="$prefix/releases/$(release_name)"
    [[ -e $release/complete ]] || step "Installing Safespan into $release (about a minute)" install_release "$release"
    step "Copying units, users and settings to /etc and /usr" copy_rootfs
    step "Making the users" systemd-sysusers safespan.conf
    step "Making the folders" systemd-tmpfiles --create safespan.conf
    is_in_use "$release" || step "Making this release the current one" use_release "$release"
    # shellcheck disable=SC2086 # a list of units
    step "Enabling the units" systemctl enable --quiet $units
    if $dry_run || has_systemd; then
        step "Starting the units" start_units
    else
        say "Everything is installed. systemd is not running here, so nothing was started: the units start at the next boot under systemd."
    fi
}

main() {
    local command=""
    while [[ $# -gt 0 && -z $command ]]; do
        case $1 in
            --dry-run) dry_run=true ;;
            -h | --help | help) usage; exit 0 ;;
            setup | run | test | appliance) command=$1 ;;
            *) fail "'$1' is not something it can do; it can setup, run, test and appliance ('./install.sh --help' says more)." ;;
        esac
        shift
    done
    if [[ ${1:-} == --dry-run ]]; then
        dry_run=true
        shift
    fi
    case $command in
        setup | appliance)
            [[ $# -eq 0 ]] || fail "'$command' takes no further words, and got '$*'."
            "$command"
            [[ $command != setup ]] || $dry_run || say "The environment in .venv is ready: $venv/bin/safespan --help"
            ;;
        run) run "$@" ;;
        test) run_all_tests "$@" ;;
        *) usage >&2; exit 2 ;;
    esac
}

main "$@"
