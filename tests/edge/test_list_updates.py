"""Lists fetched from a server of ours with a certificate of ours, or from a folder; and every reason to keep what was there."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from appliance.config import Settings
from appliance.edge import catalogue, lists
from appliance.edge.catalogue import Catalogue, CatalogueError, Offer
from appliance.edge.fetching import Fetcher, FetchError
from appliance.edge.list_shelf import KEPT, Shelf, ShelfError, Shelved
from appliance.edge.list_sources import open_addresses
from appliance.edge.list_updates import Courier, Outcome, Stick, Updater, Web, wanted

NOW = 1_795_262_400.0


def names(count: int, start: int = 0) -> bytes:
    return b"".join(b"site%d.listed.example\n" % number for number in range(start, start + count))


class Server:
    """Answers over HTTPS on this machine only. `files` by path; `answers` are (status, headers) that come before."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.cut = 0
        self.ca = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            status, headers = server.answers.get(self.path, (200, {}))
            body = server.files.get(self.path)
            etag = f'"{hash(body)}"'
            if status == 200 and body is None:
                status = 404
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status = 304
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            if status == 200 and body is not None:
                self.send_header("ETag", etag)
                self.send_header("Last-Modified", "Sat, 21 Nov 2026 06:00:00 GMT")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status == 200 and body is not None:
                self.wfile.write(body[: len(body) - server.cut])

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    day = datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime.now(datetime.UTC) - day)
        .not_valid_after(datetime.datetime.now(datetime.UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.close()


@pytest.fixture
def server(_server: Server) -> Server:
    _server.files, _server.answers, _server.asked, _server.cut = {"/list": names(1000)}, {}, [], 0
    return _server


class Desk:
    """A shelf, a catalogue of one list at the server, and a way to bring it up to date."""

    def __init__(self, folder: Path, server: Server, **facts: object) -> None:
        self.data, self.server = folder / "data", server
        self.shelf = Shelf(self.data / "lists")
        fields: dict[str, object] = {"name": "A list", "category": "gambling", "address": f"{server.base}/list", "on": True}
        self.catalogue = Catalogue(offers=(Offer(id="a-list", **fields | facts),))  # type: ignore[arg-type]
        self.now = NOW

    def update(self, courier: Courier | None = None, *, anyway: bool = False) -> Outcome:
        self.now += 60.0
        courier = courier or Web(Fetcher(self.server.trust))
        updater = Updater(self.shelf, courier, self.catalogue, now=self.now)
        (outcome,) = updater.update(wanted(self.catalogue, self.shelf), anyway=anyway)
        return outcome

    @property
    def held(self) -> Shelved:
        held = self.shelf.one("a-list")
        assert held is not None
        return held

    def category(self, name: str) -> str:
        match = lists.ensure(Settings(), self.data).match(name)
        return match.category if match else ""


@pytest.fixture
def desk(tmp_path: Path, server: Server) -> Desk:
    return Desk(tmp_path, server)


def test_a_fetched_list_is_in_force_with_date_licence_and_when_it_was_checked(desk: Desk) -> None:
    assert (desk.update().what, desk.held.versions[0].entries) == ("new", 1000)
    assert desk.category("www.site7.listed.example") == "gambling"
    (status,) = (status for status in lists.ensure(Settings(), desk.data).statuses if status.name == "A list")
    assert (status.version, status.entries, status.checked, status.problem) == ("2026-11-21", 1000, desk.now, "")


def test_what_has_not_changed_is_not_sent_again_and_not_compiled(desk: Desk) -> None:
    desk.update()
    version = lists.ensure(Settings(), desk.data).version
    assert desk.update().what == "unchanged"
    assert "If-None-Match" in desk.server.asked[-1][1]
    lists.note_checks(desk.data)
    found = lists.ensure(Settings(), desk.data)
    assert found.version == version
    assert max(status.checked for status in found.statuses) == desk.now


def test_three_versions_are_kept_and_the_one_before_can_be_put_back(desk: Desk) -> None:
    for number in range(5):
        desk.server.files["/list"] = names(1000, number)
        assert desk.update().what == "new"
    assert len(desk.held.versions) == KEPT
    assert len(list((desk.shelf.folder / "a-list").iterdir())) == KEPT + 1
    assert desk.category("site1003.listed.example") == "gambling"
    desk.shelf.put_back("a-list")
    assert desk.category("site3.listed.example") == "gambling"
    assert desk.category("site1003.listed.example") == ""
    assert "put back before" in desk.update().sentence
    assert desk.update(anyway=True).what == "new"


def test_there_must_be_a_version_to_put_back(desk: Desk) -> None:
    desk.update()
    with pytest.raises(ShelfError, match="No earlier version"):
        desk.shelf.put_back("a-list")
    with pytest.raises(ShelfError, match="no fetched list"):
        desk.shelf.put_back("other")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (names(499), "shrank from 1,000 to 499"),
        (names(5001), "grew from 1,000 to 5,001"),
        (b"# Number of entries: 1,100\n" + names(1000, 1), "speaks of 1,100 entries"),
        (b"! Total number of rules: 900\n" + names(1000, 1), "speaks of 900 entries"),
        (b"<html>\n" + b"<p>Please log in to the school's network.</p>\n" * 40, "most of its lines"),
        (bytes(range(256)) * 500, "most of its lines"),
        (b"", "at least 1"),
        (b"\x1f\x8b" + b"\x00" * 500, "can't be read"),
    ],
)
def test_a_broken_download_leaves_the_list_as_it_was(desk: Desk, content: bytes, reason: str) -> None:
    desk.update()
    desk.server.files["/list"] = content
    outcome = desk.update()
    assert outcome.what == "kept" and reason in outcome.sentence
    assert "stays in force" in desk.held.problem
    assert desk.category("site7.listed.example") == "gambling"
    assert not list(desk.shelf.folder.parent.glob("fetching/*"))


@pytest.mark.parametrize("content", [names(500), names(5000), b"# Entries: 1040\n" + names(1000, 1)])
def test_a_list_may_change_within_the_guards(desk: Desk, content: bytes) -> None:
    desk.update()
    desk.server.files["/list"] = content
    assert desk.update().what == "new"


def test_a_zone_counts_each_site_once_in_its_heading(tmp_path: Path, server: Server) -> None:
    desk = Desk(tmp_path, server, format="rpz")
    zone = b"; Number of entries: 100\n" + b"".join(b"s%d.example CNAME .\n*.s%d.example CNAME .\n" % (n, n) for n in range(100))
    server.files["/list"] = zone
    assert desk.update().what == "new"


def test_a_list_that_names_a_country_or_the_bbc_loses_those_lines_only(desk: Desk) -> None:
    desk.server.files["/list"] = names(20) + b"uk\nco.uk\nbbc.co.uk\nwww.bbc.co.uk\nchildline.org.uk\n"
    assert desk.update().what == "new"
    assert desk.category("www.bbc.co.uk") == desk.category("shop.co.uk") == desk.category("childline.org.uk") == ""
    reasons = lists.manifest_of(desk.data).tallies["A list"].reasons
    assert reasons == {
        "a single word, not a site": 1,
        "a public suffix, not one site": 1,
        "a site that schools need": 2,
        "a help line": 1,
    }


def test_a_list_full_of_public_suffixes_comes_from_a_broken_program(desk: Desk) -> None:
    registries = {
        "uk": "ac co gov ltd me net nhs org plc sch",
        "jp": "ac ad co ed go gr lg ne or aichi akita aomori chiba ehime fukui fukuoka",
        "no": "aa ah bu fm hl hm mr nl nt of ol oslo rl sf st svalbard tm tr va vf",
        "br": "adm adv agr am arq art ato bio blog bmd cim cng cnt com coop",
    }
    endings = [f"{label}.{country}\n" for country, labels in registries.items() for label in labels.split()]
    desk.server.files["/list"] = names(100) + "".join(endings).encode()
    assert "endings below which anybody has a site" in desk.update().sentence


def test_a_category_unknown_to_us_is_one_sentence(tmp_path: Path, server: Server) -> None:
    desk = Desk(tmp_path, server, category="sorcery")
    assert "its category “sorcery” is not known here" in desk.update().sentence
    assert not server.asked


def test_a_clock_far_in_the_past_makes_no_date_in_the_future(desk: Desk) -> None:
    desk.now = 86_400.0
    desk.update()
    assert desk.held.versions[0].dated == desk.now


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (404, {}, "answers 404"),
        (500, {}, "answers 500"),
        (302, {"Location": "http://127.0.0.1:9/list"}, "not secure"),
        (302, {"Location": "file:///etc/passwd"}, "answers 302"),
        (302, {"Location": "/list"}, "answers 302"),
    ],
)
def test_only_secure_answers_count(desk: Desk, status: int, headers: dict[str, str], reason: str) -> None:
    desk.server.answers["/list"] = (status, headers)
    assert reason in desk.update().sentence


def test_a_redirection_to_a_secure_address_is_followed(desk: Desk) -> None:
    desk.server.answers["/list"] = (301, {"Location": "/moved"})
    desk.server.files["/moved"] = names(10)
    assert desk.update().what == "new"


def test_a_connection_that_breaks_off_brings_nothing(desk: Desk) -> None:
    desk.server.cut = 10
    assert "broke off" in desk.update().sentence


def test_a_server_with_a_strange_certificate_is_not_trusted(desk: Desk) -> None:
    assert "certificate is not trusted" in desk.update(Web(Fetcher())).sentence
    assert not desk.server.asked


def test_a_file_beyond_all_measure_is_cut_off(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="larger than"):
        Fetcher(desk.server.trust, most_bytes=100).fetch(f"{desk.server.base}/list", tmp_path / "file")
    with pytest.raises(FetchError, match="took longer"):
        Fetcher(desk.server.trust, whole_seconds=-1.0).fetch(f"{desk.server.base}/list", tmp_path / "file")


@pytest.mark.parametrize("address", ["http://127.0.0.1/list", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_nothing_but_https_is_ever_opened(server: Server, tmp_path: Path, address: str) -> None:
    with pytest.raises(FetchError, match="https"):
        Fetcher(server.trust).fetch(address, tmp_path / "file")


def test_a_stick_brings_the_lists_it_has(desk: Desk, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert desk.update(Stick(stick)).what == "skipped"
    (stick / "a-list.txt").write_bytes(names(10))
    assert desk.update(Stick(stick)).what == "new"
    assert desk.update(Stick(stick)).what == "unchanged"
    (stick / "a-list.txt").unlink()
    (stick / "a-list.txt").symlink_to("/etc/hosts")
    assert desk.update(Stick(stick)).what == "skipped"


def test_a_list_removed_is_not_fetched_again_until_it_is_added(desk: Desk) -> None:
    desk.update()
    desk.shelf.remove(desk.held)
    assert not wanted(desk.catalogue, desk.shelf)
    assert desk.category("site7.listed.example") == ""
    with pytest.raises(ShelfError, match="no list called other"):
        wanted(desk.catalogue, desk.shelf, ["other"])


def test_a_state_that_can_not_be_read_is_passed_over(desk: Desk) -> None:
    desk.update()
    (desk.shelf.folder / "a-list" / "state.json").write_bytes(b"\x00\xff")
    assert desk.shelf.all() == []
    assert desk.update().what == "new"


def test_addresses_are_kept_apart_from_names(tmp_path: Path, server: Server) -> None:
    desk = Desk(tmp_path, server, format="addresses", category="encrypted_dns")
    server.files["/list"] = b"9.9.9.9   # dns.quad9.net\n8.8.8.0/24\n2620:fe::/48\n10.0.0.1\n0.0.0.0/0\nrubbish\n1.0.0.1:443\n"
    assert desk.update().entries == 4
    found = open_addresses(Settings(), desk.data)
    assert [
        match.entry if (match := found.match(text)) else "" for text in ("9.9.9.9", "8.8.8.77", "2620:fe::9", "10.0.0.1")
    ] == [
        "9.9.9.9",
        "8.8.8.0/24",
        "2620:fe::/48",
        "",
    ]
    (status,) = (status for status in lists.ensure(Settings(), desk.data).statuses if status.name == "A list")
    assert (status.entries, status.refused, status.category) == (4, 3, "encrypted_dns")
    assert lists.ensure(Settings(), desk.data).match("9.9.9.9") is None


# --- the catalogue that comes with the box --------------------------------------------------------------------------


def test_every_offer_says_what_it_is_for_and_under_which_licence() -> None:
    bundled = catalogue.bundled()
    assert len({offer.id for offer in bundled.offers}) == len(bundled.offers) > 20
    assert all(offer.purpose.endswith(".") and offer.licence and offer.floor > 1 for offer in bundled.offers)
    assert all(offer.address.startswith("https://") for offer in bundled.offers)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://raw.githubusercontent.com/blocklistproject/Lists/master/porn.txt", "licences contradict"),
        ("https://dsi.ut-capitole.fr/blacklists/download/chat.tar.gz", "every school uses"),
        ("http://lists.example/list", "https://"),
        ("https://user:secret@lists.example/list", "password"),
    ],
)
def test_what_is_never_fetched_is_refused_with_the_reason(address: str, reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        catalogue.bundled().check(Offer(id="x", name="X", category="games", address=address))


@pytest.mark.parametrize("text", ["[[list]]\nid = 1", "rubbish", '[[list]]\nid = "../x"\nname = "x"\ncategory = "games"'])
def test_a_catalogue_in_disorder_is_one_error(text: str) -> None:
    with pytest.raises(CatalogueError):
        catalogue.parse(text)
