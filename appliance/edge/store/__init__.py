"""Everything the box keeps: incidents and decisions that last, names and states that live in memory for hours.

Frozen types of `appliance.model` enter and leave; SQL, files and locks stay inside. Nothing in here decides what matters.
"""

from appliance.edge.store.browsing import SHELVES, Leaf, Shelf, TooSlow
from appliance.edge.store.chain import Break, Verification
from appliance.edge.store.errors import AlreadyDecided, NotFound, StoreBusy, StoreDamaged, StoreError, StoreFull
from appliance.edge.store.invitations import Invitation
from appliance.edge.store.opening import LASTING_FILE, RECENT_FILE
from appliance.edge.store.search import Wanted
from appliance.edge.store.store import Store
from appliance.edge.store.worries import TooManyWorries

__all__ = [
    "LASTING_FILE",
    "RECENT_FILE",
    "SHELVES",
    "AlreadyDecided",
    "Break",
    "Invitation",
    "Leaf",
    "NotFound",
    "Shelf",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "TooManyWorries",
    "TooSlow",
    "Verification",
    "Wanted",
]
