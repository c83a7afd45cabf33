"""Signed documents of a supplier of lists, after the ideas of The Update Framework: a root that names keys, a catalogue of files.

A document is an envelope: `signed`, whose very bytes are signed, and Ed25519 signatures (RFC 8032). What a signature is for is
part of what is signed, so that one document can never pass for another. The root is signed by its own keys and, where it follows
another, by that one's: keys can be exchanged without anybody coming to the box. Keys for lists are never keys for code.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from appliance.edge.catalogue import Form

Purpose = Literal["root", "lists"]

MOST_SIGNATURES = 32
MOST_LISTS = 100
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SHA256 = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T", "Root", "SignedCatalogue")


class SignatureError(ValueError):
    """A document that must not be trusted; the message ends a sentence."""


class Signature(Struct, frozen=True):
    """One key's signature, in hexadecimal."""

    key: str
    value: str


class Envelope(Struct, frozen=True):
    """A document with its signatures. The bytes of `signed` are kept as they came."""

    signed: msgspec.Raw
    signatures: tuple[Signature, ...]


class Role(Struct, frozen=True, forbid_unknown_fields=True):
    """Which keys may sign one kind of document, and how many of them must."""

    keys: tuple[str, ...]
    threshold: int = 1


class Root(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A supplier's keys by their ids, and what each may sign. `code` keys are named only so that none of them signs lists."""

    supplier: str
    version: int
    expires: str
    keys: dict[str, str]
    root: Role
    lists: Role
    code: tuple[str, ...] = ()


class SignedList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list: what it is, and the one file that it is. `dated` as YYYY-MM-DD."""

    id: str
    name: str
    category: str
    sha256: str
    size: int
    dated: str = ""
    format: Form = "auto"
    licence: str = ""
    purpose: str = ""


class SignedCatalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All lists of a supplier at one moment: the files belong together, and the version only rises."""

    supplier: str
    version: int
    expires: str
    lists: tuple[SignedList, ...]


def sign(document: Root | SignedCatalogue, keys: Iterable[Ed25519PrivateKey]) -> bytes:
    """The envelope of a document signed with every key."""
    payload = msgspec.json.encode(document)
    message = _message(_purpose(document), payload)
    signatures = tuple(Signature(key_id(public_text(key)), key.sign(message).hex()) for key in keys)
    return msgspec.json.encode(Envelope(msgspec.Raw(payload), signatures))


def open_root(data: bytes, trusted: Root | None) -> Root:
    """A root that follows `trusted`; the first has to be signed by itself only. Raises SignatureError."""
    envelope = _envelope(data)
    root = _decode(envelope, Root)
    _check_root(root)
    _verify(envelope, "root", root.root, root.keys)
    if trusted is not None:
        if root.supplier != trusted.supplier:
            raise SignatureError("the list of keys is another supplier's")
        if root.version != trusted.version + 1:
            raise SignatureError(f"the list of keys has version {root.version}, not {trusted.version + 1}")
        _verify(envelope, "root", trusted.root, trusted.keys)
    return root


def open_catalogue(data: bytes, root: Root, *, seen: int) -> SignedCatalogue:
    """A catalogue signed by the root's keys for lists and not older than version `seen`. Raises SignatureError."""
    envelope = _envelope(data)
    _verify(envelope, "lists", root.lists, root.keys)
    catalogue = _decode(envelope, SignedCatalogue)
    if catalogue.supplier != root.supplier:
        raise SignatureError("the catalogue is another supplier's")
    if catalogue.version < seen:
        raise SignatureError(f"the catalogue is an old one (version {catalogue.version}; version {seen} was here before)")
    if len(catalogue.lists) > MOST_LISTS or len({entry.id for entry in catalogue.lists}) != len(catalogue.lists):
        raise SignatureError("the catalogue names too many lists, or one twice")
    if not all(_SHA256.fullmatch(entry.sha256) and entry.size >= 0 for entry in catalogue.lists):
        raise SignatureError("the catalogue is not in order")
    return catalogue


def has_expired(document: Root | SignedCatalogue, today: date) -> bool:
    """Whether its last day is over. Ask only when the clock is known to be right."""
    return date.fromisoformat(document.expires) < today


def key_id(public: str) -> str:
    """The id of a public key given in hexadecimal: one key has one id, so that it can't count twice."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def public_text(key: Ed25519PrivateKey) -> str:
    """A private key's public half in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def _purpose(document: Root | SignedCatalogue) -> Purpose:
    return "root" if isinstance(document, Root) else "lists"


def _message(purpose: Purpose, payload: bytes) -> bytes:
    return b"safespan " + purpose.encode() + b" 1\n" + payload


def _envelope(data: bytes) -> Envelope:
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignatureError("the signed file is damaged or cut short") from error
    if len(envelope.signatures) > MOST_SIGNATURES:
        raise SignatureError("the signed file has too many signatures")
    return envelope


def _decode(envelope: Envelope, kind: type[T]) -> T:
    try:
        document = msgspec.json.decode(envelope.signed, type=kind)
        date.fromisoformat(document.expires if _DATE.fullmatch(document.expires) else "none")
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise SignatureError("what is signed is not in order") from error
    return document


def _verify(envelope: Envelope, purpose: Purpose, role: Role, keys: Mapping[str, str]) -> None:
    """Raise SignatureError unless enough different keys of the role have signed."""
    message = _message(purpose, bytes(envelope.signed))
    good = {
        signature.key
        for signature in envelope.signatures
        if signature.key in role.keys and signature.key in keys and _is_good(keys[signature.key], signature.value, message)
    }
    if len(good) < role.threshold:
        raise SignatureError(f"it is not signed by enough of the supplier's keys ({len(good)} of {role.threshold})")


def _is_good(public: str, value: str, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(value), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_root(root: Root) -> None:
    """Raise SignatureError for a root that could not protect anybody."""
    try:
        ids_fit = all(key_id(public) == key for key, public in root.keys.items())
    except ValueError:
        ids_fit = False
    roles_fit = all(
        1 <= role.threshold <= len(set(role.keys)) == len(role.keys) and set(role.keys) <= set(root.keys)
        for role in (root.root, root.lists)
    )
    if not ids_fit or not roles_fit or root.version < 1:
        raise SignatureError("the list of keys is not in order")
    if set(root.lists.keys) & {*root.root.keys, *root.code}:
        raise SignatureError("a key for lists may not be a root key, nor one for the box's software")
