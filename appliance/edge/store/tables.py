"""The tables of the two open files, each behind an object of its own: what the parts of the store share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from appliance.edge import clock
from appliance.edge.store.accounts import Accounts
from appliance.edge.store.browsing import Browsing
from appliance.edge.store.cases import Cases
from appliance.edge.store.check_log import CheckLog
from appliance.edge.store.database import Database
from appliance.edge.store.devices import Devices
from appliance.edge.store.factors import Factors
from appliance.edge.store.incidents import Incidents
from appliance.edge.store.invitations import Invitations
from appliance.edge.store.journal import Journal
from appliance.edge.store.merging import Merging
from appliance.edge.store.origin import Origin
from appliance.edge.store.ownership import Ownership
from appliance.edge.store.recent import Recent
from appliance.edge.store.register import Register
from appliance.edge.store.retention import Retention
from appliance.edge.store.rulebook import Rulebook
from appliance.edge.store.sights import Sights
from appliance.edge.store.witness import FilterRecords
from appliance.edge.store.worries import Worries


class Tables:
    """`safespan.db` in `data_dir`, which must last, and `recent.db` in `recent_dir`, which lives in memory.

    `register` holds who uses which devices, `merging` which records are of one machine, `rulebook` the school's say in how
    they are judged, `cases` what people do about incidents, `worries` what people reported, `retention` takes out what is
    old, `browsing` what a technician may look through, `ownership` whose device is whose, `factors` and `invitations` what
    else there is to logging in.
    """

    def __init__(self, lasting: Database, recent: Database, recent_dir: Path, clock_synced: Callable[[], bool | None]) -> None:
        self.data_dir = lasting.path.parent
        self.recent_dir = recent_dir
        self._lasting = lasting
        self._recent_db = recent
        self._origin = origin = Origin(lasting, clock.boot_id(), clock_synced)
        self._journal = journal = Journal(lasting, origin)
        self._incidents = Incidents(lasting, origin, journal)
        self.cases = Cases(lasting, self._incidents, Sights(lasting, origin))
        self._devices = Devices(lasting, origin, journal)
        self.browsing = Browsing(lasting.path)
        self._accounts = Accounts(lasting, journal, recent_dir)
        self._recent = Recent(recent, clock.boot_id())
        self._sights = Sights(lasting, origin)
        self._check_log = CheckLog(lasting, journal)
        self._filter = FilterRecords(lasting, origin)
        self.worries = Worries(lasting, origin, journal)
        self.retention = Retention(lasting, journal)
        self.register = Register(lasting, journal)
        self.merging = Merging(lasting, self._devices, self.register, journal)
        self.rulebook = Rulebook(lasting, origin, journal)
        self.ownership = Ownership(lasting, journal)
        self.factors = Factors(lasting, journal)
        self.invitations = Invitations(lasting, journal, self._accounts)
