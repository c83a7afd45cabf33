"""`safespan names` on captures: fields, filters, damage, and how it looks to a person."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from appliance.cli.names import names
from appliance.cli.names_lines import Columns, printable
from appliance.model import DhcpSeen, DnsAnswer, NameAsked, TlsHello
from tests.wire.packets import TCP, UDP, client_hello, dns_query, ethernet, http_request, ip4, tagged, tcp, udp

SAFESPAN = "import sys; from appliance.cli import main; main()"
ROOT = Path(__file__).parents[2]


def pcap(*frames: bytes) -> bytes:
    records = b"".join(struct.pack("<IIII", 1_700_000_000 + n, 0, len(f), len(f)) + f for n, f in enumerate(frames))
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + records


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.pcap"
    path.write_bytes(
        pcap(
            ethernet(ip4(udp(dns_query("dns.example")), UDP)),
            tagged(ip4(tcp(client_hello("tls.example")), TCP, sender="10.1.2.4"), (0x8100, 20)),
            ethernet(ip4(tcp(http_request("http.example"), port=80), TCP)),
        )
    )
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(names, list(arguments))


def records(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_record_has_the_fields_of_the_contract_and_its_own(capture: Path) -> None:
    result = run(str(capture))
    found = records(result)
    assert result.exit_code == 0
    assert [(one["kind"], one["name"], one["vlan"]) for one in found] == [
        ("dns", "dns.example", None),
        ("tls", "tls.example", 20),
        ("http", "http.example", None),
    ]
    for one in found:
        assert list(one)[:9] == ["source", "time", "kind", "mac", "vlan", "client", "server", "port", "name"]
        assert (one["source"], one["mac"]) == (str(capture), "02:aa:bb:cc:dd:01")
    assert (found[0]["time"], found[0]["qtype"], found[0]["port"]) == (1_700_000_000.0, 1, 53)
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (["--kind", "tls"], {"tls"}),
        (["--kind", "dns", "--kind", "http"], {"dns", "http"}),
        (["--client", "10.1.2.4"], {"tls"}),
        (["--client", "02:AA:BB:CC:DD:01"], {"dns", "tls", "http"}),
        (["--name", "TLS.ex"], {"tls"}),
        (["--name", "*.example"], {"dns", "tls", "http"}),
        (["--name", "d*.example"], {"dns"}),
        (["--name", "nothing"], set()),
    ],
)
def test_only_what_is_asked_for_is_printed(capture: Path, choice: list[str], wanted: set[str]) -> None:
    assert {one["kind"] for one in records(run(*choice, str(capture)))} == wanted


def test_broken_file_is_one_line_and_the_rest_goes_on(capture: Path, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.pcap"
    rubbish.write_bytes(b"\0" * 40)
    result = run(str(rubbish), str(tmp_path / "absent.pcap"), str(capture))
    assert result.exit_code == 0
    assert len(records(result)) == 3
    assert len(result.stderr.splitlines()) == 2


def test_nothing_readable_at_all_is_a_failure(tmp_path: Path) -> None:
    result = run(str(tmp_path / "absent.pcap"))
    assert (result.exit_code, result.stdout) == (1, "")


def test_capture_cut_short_gives_what_it_holds(capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-10])
    result = run(str(capture))
    assert result.exit_code == 0
    assert len(records(result)) == 2
    assert len(result.stderr.splitlines()) == 1


def test_help_lines_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phrase_lists.help_names", lambda: frozenset({"help.example"}))
    path = tmp_path / "help.pcap"
    path.write_bytes(pcap(*(ethernet(ip4(udp(dns_query(name)), UDP)) for name in ("www.help.example", "other.example"))))
    assert [one["name"] for one in records(run(str(path)))] == ["other.example"]


def test_person_sees_columns_with_the_machines_own_name_and_a_summary(capture: Path) -> None:
    result = run("--format", "table", str(capture))
    assert "10.1.2.4" in result.stdout
    assert "tls.example" in result.stdout
    assert "vlan 20" in result.stdout
    assert "3 packets" in result.stderr
    assert "1 dns" in result.stderr


def test_machine_is_called_what_it_calls_itself(capsys: pytest.CaptureFixture[str]) -> None:
    columns = Columns()
    mac = "02:aa:bb:cc:dd:01"
    columns.write(
        "x", [DhcpSeen(time=1.0, mac=mac, name="oak-ipad-3"), NameAsked(time=2.0, mac=mac, client="10.1.2.3", name="a.test")]
    )
    assert "oak-ipad-3" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("moment", [-5.0, 1e300, 1_700_000_000.9999])
def test_time_that_is_none_does_not_stop_the_list(capsys: pytest.CaptureFixture[str], moment: float) -> None:
    Columns().write("x", [NameAsked(time=moment, name="a.test")])
    assert "a.test" in capsys.readouterr().out


def test_types_empty_answers_and_hidden_names_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    Columns().write("x", [NameAsked(time=1.0, client="10.1.2.3", name="a.example", qtype=65)])
    Columns().write("x", [DnsAnswer(time=1.0, client="10.1.2.3", name="b.example", qtype=28, rcode=3)])
    Columns().write("x", [TlsHello(time=1.0, client="10.1.2.3", name="c.example", ech_config=5)])
    shown = capsys.readouterr().out
    assert all(words in shown for words in ("HTTPS", "AAAA  no such name", "true name hidden (ECH)"))


def test_unknown_kind_is_refused_with_the_known_ones(capture: Path) -> None:
    done = CliRunner().invoke(names, [str(capture), "--kind", "dsn"])
    assert done.exit_code == 2
    assert "dns-answer" in done.output


def test_name_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31m\nb\u202ec") == "a?[31m?b?c"


def test_reader_of_the_pipe_may_leave_early(tmp_path: Path) -> None:
    path = tmp_path / "many.pcap"
    path.write_bytes(pcap(*(ethernet(ip4(udp(dns_query(f"n{n}.example")), UDP)) for n in range(5000))))
    command = f"{sys.executable} -c '{SAFESPAN}' names {path} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_pcapng_is_read_without_loading_the_large_library(capture: Path) -> None:
    code = (
        "import sys; sys.argv = ['safespan', 'names', sys.argv[1]]\n"
        "from appliance.cli import main\n"
        "main(standalone_mode=False)\n"
        "print([m for m in ('scapy.all', 'scapy.config', 'sqlite_utils', 'asyncio') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(capture)], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr.strip() == "[]"
