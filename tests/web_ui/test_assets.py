"""What the browser gets: few files, ours or vendored with licence and hash, and nothing from anywhere else."""

from __future__ import annotations

import gzip
import hashlib
import re
import runpy
from pathlib import Path

import pytest

from appliance.edge.store import Store
from tests.web_ui import school
from tests.web_ui.conftest import Visitor

WEB = Path(__file__).parents[2] / "web_ui"
STATIC = WEB / "static"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PAGES = [
    "/",
    "/to-look-at",
    "/to-look-at?view=all",
    "/to-look-at/3",
    "/to-look-at?device=ipad",
    "/to-look-at/3/pack",
    "/settings/names",
    "/devices",
    f"/devices/{school.mac(7)}",
    "/is-it-working",
    "/can-we-see",
    "/rules",
    "/rules/new",
    "/checks",
    "/groups",
    "/what-this-box-sees",
    "/people",
    "/who-looked",
    "/my-account",
    "/my-account/second-step",
    "/settings",
    "/set-up/steps/mirror",
    "/numbers",
]


@pytest.mark.parametrize("vendor", [STATIC / "vendor", Path(__file__).parent / "vendor"])
def test_vendored_files_are_the_ones_that_were_checked_in_with_a_licence_each(vendor: Path) -> None:
    lines = [line.split("  ") for line in (vendor / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    found = {file.relative_to(vendor).as_posix(): file for file in vendor.glob("*/*")}
    assert set(listed) == set(found)
    for name, file in found.items():
        assert hashlib.sha256(file.read_bytes()).hexdigest() == listed[name], name
    assert all(any("LICENSE" in file.name for file in folder.iterdir()) for folder in vendor.iterdir() if folder.is_dir())


def test_the_styles_are_small() -> None:
    assert (STATIC / "safespan.css").stat().st_size <= 48 * 1024


def test_the_styles_hold_nothing_that_no_page_uses() -> None:
    told = runpy.run_path(str(STATIC / "styles" / "trim.py"))
    css = (STATIC / "safespan.css").read_text()
    assert told["trim"](css) == css
    assert told["trim"]("a{b:c}.govuk-button--start{d:e}@media print{.govuk-label--xl,p{f:g}}") == "a{b:c}@media print{p{f:g}}"
    assert told["trim"](".a:not(.govuk-label--m):not(.b){c:d}") == ".a:not(.b){c:d}"
    used = "".join(file.read_text() for file in TEMPLATES)
    assert not told["UNUSED"].search(re.sub(r"\bgovuk-", ".govuk-", used))


@pytest.mark.parametrize("path", PAGES)
def test_a_first_load_is_well_below_100_kilobytes(morning: Store, head: Visitor, path: str) -> None:
    page = head.get(path)
    assets = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text))
    assert len(assets) in (3, 4, 5)
    squeezed = len(page.data) + sum(len(head.get(asset, **{"Accept-Encoding": "gzip"}).data) for asset in assets)
    assert squeezed <= 60 * 1024
    print(path, len(page.data), squeezed)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_host_for_anything(morning: Store, head: Visitor, path: str) -> None:
    page = head.get(path).text
    assert not re.search(r"(?:https?:)?//[a-z0-9]", page.replace("http://www.w3.org/2000/svg", ""))
    assert " style=" not in page and "<style" not in page and not re.search(r"\son[a-z]+=", page)


def test_the_styles_ask_no_other_host_either() -> None:
    css = (STATIC / "safespan.css").read_text()
    assert "url(" not in css.replace('url("data:', "").replace("url(data:", "") and "@import" not in css


def test_assets_are_kept_for_a_year_under_their_hash(visitor: Visitor) -> None:
    page = visitor.get("/what-this-box-sees").text
    found = re.search(r'href="(/assets/[0-9a-f]{16}/safespan\.css)"', page)
    assert found
    plain, squeezed = visitor.get(found[1]), visitor.get(found[1], **{"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["Cache-Control"] and plain.mimetype == "text/css"
    assert gzip.decompress(squeezed.data) == plain.data
    assert visitor.get("/assets/0000000000000000/safespan.css").status_code == 404


@pytest.mark.parametrize(
    "path", ["README.md", "styles/safespan.scss", "vendor/SHA256SUMS", "../app.py", "vendor/htmx.org-2.0.11/LICENSE"]
)
def test_sources_and_papers_are_not_served(visitor: Visitor, path: str) -> None:
    assert visitor.get(f"/assets/0000000000000000/{path}").status_code == 404


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_no_template_uses_what_the_strict_policy_silently_drops(template: Path) -> None:
    text = template.read_text()
    for dropped in ("hx-on", "js:", "javascript:", "hx-vals", "hx-eval", "style=", "onclick"):
        assert dropped not in text
    assert not re.search(r'hx-trigger="[^"]*\[', text)
    assert "| safe" not in text.replace("| safe_name", "").replace("| safe_text", "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_sentence_of_a_template_can_be_translated(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*? \}\}", "", template.read_text(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text)
    left = re.findall(r"[A-Za-z]{2,}", text.replace("Safespan", "").replace("&nbsp;", ""))
    assert not left
