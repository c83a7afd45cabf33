"""The catalogue: where lists may be fetched from, what each is for and under which licence; which are refused, and why."""

from __future__ import annotations

import re
import tomllib
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

import phrase_lists
from appliance.judge.categories import CATEGORIES

Form = Literal["auto", "domains", "hosts", "adblock", "dnsmasq", "unbound", "rpz", "csv", "ut1", "stamps", "json", "addresses"]

FORMATS: dict[str, Form] = {form: form for form in get_args(Form)}

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


class CatalogueError(ValueError):
    """A source that cannot be used; the message is one sentence."""


class Offer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list that can be fetched. `on`: a new box takes it. Fewer entries than `floor` are a broken download."""

    id: str
    name: str
    category: str
    address: str = ""  # empty for a supplier's signed list
    format: Form = "auto"
    licence: str = ""
    purpose: str = ""
    on: bool = False
    floor: int = 1


class Never(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source that is refused: parts of its address in lower case, and why."""

    name: str
    signs: tuple[str, ...]
    reason: str


class Catalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that is offered and all that is refused."""

    offers: tuple[Offer, ...] = msgspec.field(name="list", default=())
    never: tuple[Never, ...] = ()

    def offer(self, key: str) -> Offer | None:
        """The offer of that id."""
        return next((offer for offer in self.offers if offer.id == key), None)

    def check(self, offer: Offer) -> None:
        """Raise CatalogueError for an offer that must not be fetched, or says what nobody understands."""
        if not _ID.fullmatch(offer.id):
            raise CatalogueError(f"“{offer.id[:80]}” is no id: use up to 64 small letters, digits, dots and hyphens")
        if offer.category not in CATEGORIES:
            raise CatalogueError(f"its category “{offer.category[:80]}” is not known here: give one of {', '.join(CATEGORIES)}")
        if offer.address:
            self._check_address(offer.address)

    def _check_address(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            raise CatalogueError(f"{address[:200]} is not fetched: only addresses that begin with https:// are")
        if parts.username or parts.password:
            raise CatalogueError(f"an address may not hold a password ({parts.hostname})")
        for never in self.never:
            if any(sign in address.lower() for sign in never.signs):
                raise CatalogueError(f"{never.name} is never used: {never.reason}")


def parse(text: str) -> Catalogue:
    """A catalogue's text; raises CatalogueError."""
    try:
        catalogue = msgspec.convert(tomllib.loads(text), Catalogue)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueError(f"the catalogue can't be read: {error}") from error
    for offer in catalogue.offers:
        catalogue.check(offer)
    return catalogue


def bundled() -> Catalogue:
    """The catalogue that comes with the box."""
    return parse((phrase_lists.FOLDER / "catalogue.toml").read_text(encoding="utf-8"))
