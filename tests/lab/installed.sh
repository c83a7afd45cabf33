#!/usr/bin/env bash
# A fresh Debian 13 in a container of systemd's own, made a box by `install.sh appliance`, booted and looked over.
# Needs root, the network, and from Debian: mmdebstrap systemd-container. Takes about three minutes and 600 MB in FOLDER.
#
#   sudo tests/lab/installed.sh FOLDER
#
# shellcheck disable=SC2317 # functions that only `expect` and `trap` call
set -Eeuo pipefail

[[ $# -eq 1 && $(id -u) -eq 0 ]] || { echo "Usage, as root: tests/lab/installed.sh FOLDER" >&2; exit 2; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mkdir -p -- "$1" && cd -- "$1" && pwd)
root="$work/root"
machine="safebox$$" # its own network, with the mirror port in it; the traffic comes from ${machine}o
leader=""
faults=0
trap 'echo "installed.sh: stopped at line $LINENO: $BASH_COMMAND" >&2' ERR

unbind() { for part in proc sys dev; do umount -- "$root/$part" 2>/dev/null || true; done; }

tidy() {
    [[ -z $leader ]] || inside systemctl poweroff 2>/dev/null || true
    wait || true
    unbind
    ip netns del "$machine" 2>/dev/null || true
    ip netns del "${machine}o" 2>/dev/null || true
}
trap tidy EXIT

inside() { nsenter -t "$leader" -a "$@"; }

# expect SENTENCE COMMAND...: runs a command and says whether what the sentence says is so.
expect() {
    local sentence=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok      $sentence"
    else
        echo "NOT SO  $sentence"
        sed 's/^/        /' "$work/said"
        faults=$((faults + 1))
    fi
}

within() { # within SECONDS COMMAND...: tries again until the command works
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [[ $SECONDS -lt $end ]] || return 1
        sleep 0.5
    done
}

make_machine() {
    local mirror
    mirror=$(sed -n 's/^URIs: //p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
    mmdebstrap --quiet --variant=apt --include=systemd,systemd-sysv,dbus,iproute2,ca-certificates,procps,curl \
        --aptopt='Apt::Install-Recommends "false"' trixie "$root" "${mirror:-http://deb.debian.org/debian}"
}

copy_source() {
    rm -rf -- "$root/root/safespan"
    mkdir -p -- "$root/root/safespan"
    git -C "$here" archive HEAD | tar -x -C "$root/root/safespan"
}

# The container itself has no way out, so the packages are fetched before it is booted, as for an image.
install_safespan() {
    cp -- /etc/resolv.conf /etc/hosts "$root/etc/"
    cp -- /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    for part in proc sys dev; do mount --bind -- "/$part" "$root/$part"; done
    chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
        /root/safespan/install.sh appliance
    unbind
    sed -i 's/^interface = .*/interface = "mirror0"/' "$root/etc/safespan/safespan.toml"
}

boot() {
    local nspawn=""
    ip netns add "$machine"
    ip netns add "${machine}o"
    ip -n "$machine" link set lo up
    ip -n "${machine}o" link add tap0 type veth peer name mirror0 netns "$machine"
    ip -n "${machine}o" link set tap0 up
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 script -qefc "systemd-nspawn -D $root -M $machine --register=no --keep-unit \
        --capability=CAP_NET_ADMIN,CAP_NET_RAW --network-namespace-path=/run/netns/$machine --console=interactive --boot" \
        "$work/console" >/dev/null </dev/null &
    within 60 pgrep -f "^systemd-nspawn -D $root -M $machine" >/dev/null
    nspawn=$(pgrep -f "^systemd-nspawn -D $root -M $machine" | head -n 1)
    within 60 pgrep -P "$nspawn" >/dev/null
    leader=$(pgrep -P "$nspawn" | head -n 1)
    within 60 is_up
    # nspawn shows the host's /sys, where the mirror port is not.
    inside sh -c 'mount --make-rprivate / && umount -l /sys && mount -t sysfs sysfs /sys && mount -t cgroup2 cgroup2 /sys/fs/cgroup'
    inside systemctl restart safespan-sensor
}

is_up() { inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded|starting'; }
all_run() { inside systemctl is-active --quiet safespan-{guardian,sensor,web,lights}; }
pids() { inside systemctl show -P MainPID safespan-{guardian,sensor,web,lights}; }
status_of() { inside cat "/proc/$(inside systemctl show -P MainPID "safespan-$1")/status"; }
has_no_rights() { status_of "$1" | tee /dev/stderr | grep -cE '^Cap(Inh|Prm|Eff|Amb):\s+0+$' | grep -qx 4; }
has_a_user() { status_of "$1" | grep -E '^Uid:' | grep -qvE '\s0\s'; }
is_alone() { [[ $(inside nsenter -t "$(inside systemctl show -P MainPID "safespan-$1")" -n ip -br link | cut -d' ' -f1) == lo ]]; }
page_answers() { inside curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' http://127.0.0.1:8080/ | grep -q '^302 .*/set-up'; }
code_is_told() { inside safespan users code | grep -qxE '[A-Z0-9]{4}-[A-Z0-9]{4}'; }
has_seen() { inside safespan incidents --open --level urgent --format jsonl | grep -q '"self_harm"'; }
lamp_is_red() { inside /opt/safespan/current/bin/python -c '
from pathlib import Path; from appliance.edge.store import Store
raise SystemExit(Store.open(Path("/var/lib/safespan"), readonly=True).lamp().colour != "red")'; }
changes_nothing() {
    local before told
    before=$(pids)
    told=$(inside /root/safespan/install.sh appliance)
    printf '%s\n' "$told"
    [[ $told == *"Nothing has changed since the last time"* && $(pids) == "$before" ]]
}
comes_back() { inside systemctl kill -s KILL "safespan-$1" && sleep 3 && within 30 all_run; }

fetcher_reads_no_records() { ! inside runuser -u safespan-lists -- cat /var/lib/safespan/safespan.db; }
guardian_takes_up_its_lists() {
    inside sh -c 'mkdir -p /srv/stick && seq -f shock-%g.example 200 >/srv/stick/sw-shock.txt'
    inside runuser -u safespan-lists -- sh -c 'umask 0007; safespan lists update sw-shock --anyway --from /srv/stick --data-dir /var/lib/safespan'
    within 90 eval "inside safespan health --format jsonl | grep hock >/dev/null"
}

send_a_name() {
    ip netns exec "${machine}o" "$here/.venv/bin/python" -c '
from scapy.layers.l2 import Ether; from scapy.layers.inet import IP, UDP; from scapy.layers.dns import DNS, DNSQR
from scapy.sendrecv import sendp
ask = Ether(src="f0:18:98:00:07:07", dst="02:00:00:00:00:01") / IP(src="192.168.7.9", dst="192.168.7.1") / UDP(sport=40000)
sendp(ask / DNS(qd=DNSQR(qname="selfharm.trigger.example")), iface="tap0", verbose=0)'
}

[[ -e $root/etc/debian_version ]] || make_machine
copy_source
install_safespan
boot
expect "all four units run" within 60 all_run
expect "systemd has nothing to say against the units" inside sh -c 'systemd-analyze verify /etc/systemd/system/safespan-*.service'
for unit in guardian sensor web lights; do
    expect "safespan-$unit has a user of its own and no capability" eval "has_a_user $unit && has_no_rights $unit"
done
expect "the guardian has no network but its own loopback" is_alone guardian
expect "the lights have no network but their own loopback" is_alone lights
expect "the page answers and asks for the set-up" within 30 page_answers
expect "the first-run code is told to root" code_is_told
send_a_name
expect "a listed name on the mirror port is an urgent incident" within 10 has_seen
expect "the lamp is red" within 5 lamp_is_red
expect "the lists are fetched at night" inside systemctl is-active --quiet safespan-lists.timer
expect "the fetcher of lists can not read the records" fetcher_reads_no_records
expect "the guardian takes up what the fetcher brings" guardian_takes_up_its_lists
expect "a second run of install.sh changes nothing" changes_nothing
for unit in guardian sensor web lights; do
    expect "safespan-$unit comes back after kill -9" comes_back "$unit"
done
expect "no incident is lost by that" has_seen
exit $((faults > 0))
