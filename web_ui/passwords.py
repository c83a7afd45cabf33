"""Passphrases: what makes a good one, and how they are kept (argon2id, RFC 9106)."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web_ui.wording.texts import gettext as _

SHORTEST = 12
LONGEST = 256
# The hash of a passphrase that nobody knows, checked for unknown names: the answer takes as long as for a known one.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$SrGgdtzB3smeoXHTDMnkdg$6ZqJJGwYFBcWJNWxjTbIi0APK0kSRt81wkLrnqPNsHI"


class TooBusyError(Exception):
    """Somebody is trying many passphrases at once, and one more would keep the others waiting."""


class Passphrases:
    """Hashes and checks passphrases one at a time: each takes 19 MiB, and a box has 1 GB for everything."""

    def __init__(self, patience: float = 3.0) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._turn = threading.Lock()
        self._patience = patience

    def hash(self, passphrase: str) -> str:
        """The argon2id hash of a passphrase, with its parameters and salt."""
        with self._turn:
            return self._hasher.hash(passphrase)

    def check(self, passphrase: str, stored: str | None) -> bool:
        """Whether the passphrase fits; `stored` None (no such account) takes the same time. Raises `TooBusyError`."""
        if not self._turn.acquire(timeout=self._patience):
            raise TooBusyError
        try:
            right = self._hasher.verify(stored or NOBODY, passphrase[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._turn.release()
        return right and stored is not None


def find_fault(passphrase: str, again: str, *others: str) -> str | None:
    """What is wrong with a new passphrase, as a sentence; None where nothing is. `others` must not be reused as it."""
    if not passphrase:
        return _("Enter a passphrase")
    if len(passphrase) < SHORTEST:
        return _("Your passphrase must have at least 12 characters: three or four words that you can remember work well")
    if len(passphrase) > LONGEST:
        return _("Your passphrase must have 256 characters or fewer")
    if passphrase.casefold() in {other.casefold() for other in others}:
        return _("Your passphrase must not be your name or the code of the box")
    if len(set(passphrase)) < 5:
        return _("Your passphrase repeats the same few characters: use words instead")
    if passphrase != again:
        return _("The two passphrases are not the same: type them again")
    return None
