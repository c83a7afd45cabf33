"""The store: everything the box keeps, behind one object. Programs meet here and nowhere else.

The guardian writes what was seen, the page writes what people decided, the lights only read. One Store belongs to one thread
of one process. Nothing in here judges; SQL stays in this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from types import TracebackType

from appliance.config import recent_dir as default_recent_dir
from appliance.edge import clock
from appliance.edge.store import preview, recovery
from appliance.edge.store.accounts import Accounts
from appliance.edge.store.cases import Cases
from appliance.edge.store.chain import Head, Verification
from appliance.edge.store.check_log import CheckLog
from appliance.edge.store.database import Database
from appliance.edge.store.devices import Devices
from appliance.edge.store.factors import Factors
from appliance.edge.store.incidents import Incidents
from appliance.edge.store.invitations import Invitations
from appliance.edge.store.journal import Journal
from appliance.edge.store.opening import LASTING_FILE, RECENT_FILE, make_folder, one_at_a_time, open_recent, open_to_read
from appliance.edge.store.origin import Origin
from appliance.edge.store.ownership import Ownership
from appliance.edge.store.recent import Recent
from appliance.edge.store.register import Register
from appliance.edge.store.rulebook import Rulebook
from appliance.edge.store.sights import Sights
from appliance.edge.store.witness import FilterRecords
from appliance.judge.policy import Policy, group_of, make_policy
from appliance.judge.preview import Preview, preview_rule
from appliance.judge.who import KnownOf, who_had
from appliance.model import (
    Account,
    AuditEntry,
    Decision,
    Device,
    Health,
    Incident,
    Lamp,
    Level,
    ListStatus,
    Note,
    RecentName,
    Role,
    Session,
    Sight,
)
from appliance.school import CheckDone, Holder, Rule
from appliance.witness import FilterCheck, SafeSearch, WitnessCount

RECOVERED = "recovered"  # the setting that holds the sentence about damaged records


class Store:
    """`safespan.db` in `data_dir`, which must last, and `recent.db` in `recent_dir`, which lives in memory.

    `register` holds who uses which devices, `rulebook` the school's say in how they are judged, `cases` what people do about
    incidents.
    """

    def __init__(self, lasting: Database, recent: Database, recent_dir: Path, clock_synced: Callable[[], bool | None]) -> None:
        self.data_dir = lasting.path.parent
        self.recent_dir = recent_dir
        self._lasting = lasting
        self._recent_db = recent
        origin = Origin(lasting, clock.boot_id(), clock_synced)
        self._origin = origin
        self._journal = Journal(lasting, origin)
        self._incidents = Incidents(lasting, origin, self._journal)
        self.cases = Cases(lasting, self._incidents, Sights(lasting, origin))
        self._devices = Devices(lasting, origin, self._journal)
        self._accounts = Accounts(lasting, self._journal, recent_dir)
        self.factors = Factors(lasting, self._journal)
        self.invitations = Invitations(lasting, self._journal, self._accounts)
        self.ownership = Ownership(lasting, self._journal)
        self._recent = Recent(recent, clock.boot_id())
        self.register = Register(lasting, self._journal)
        self.rulebook = Rulebook(lasting, origin, self._journal)
        self._sights = Sights(lasting, origin)
        self._check_log = CheckLog(lasting, self._journal)
        self._filter = FilterRecords(lasting, origin)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        recent_dir: Path | None = None,
        *,
        readonly: bool = False,
        check: bool = False,
        clock_synced: Callable[[], bool | None] = clock.is_synced,
    ) -> Store:
        """Open both files, making folders and tables where they are missing.

        A damaged file is set aside and `recovered` says so; `check` reads the whole file for damage. Raises StoreError.
        """
        recent_dir = recent_dir or default_recent_dir(data_dir)
        if readonly:
            lasting, recent = open_to_read(data_dir, recent_dir)
            return cls(lasting, recent, recent_dir, clock_synced)
        make_folder(data_dir)
        make_folder(recent_dir)
        with one_at_a_time(data_dir):
            lasting, sentence = recovery.open_sound(data_dir / LASTING_FILE, clock.now(), check=check)
            store = cls(lasting, open_recent(recent_dir / RECENT_FILE), recent_dir, clock_synced)
            if sentence:
                store._journal.put_setting(RECOVERED, sentence)
            store.box_id()
        return store

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close both files."""
        self._lasting.close()
        self._recent_db.close()

    def changed(self) -> bool:
        """Whether another connection has written to either file since the last call; True at the first."""
        lasting = self._lasting.changed()
        return self._recent_db.changed() or lasting

    def box_id(self) -> str:
        """This box's own random id, the same for good."""
        return self._origin.box()

    @property
    def recovered(self) -> str:
        """One sentence for the head if records were damaged and set aside, until it is dismissed; else empty."""
        return self._journal.setting(RECOVERED) or ""

    def keep_copy(self, now: float) -> Path:
        """Write today's copy of the lasting file beside it, one a day and the last seven."""
        return recovery.keep_copy(self._lasting, now)

    # --- what the guardian writes ---------------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction on the lasting file for all that is saved inside."""
        with self._lasting.transaction():
            yield

    def save_devices(self, devices: Iterable[Device]) -> None:
        """Add devices, or bring what they say of themselves up to date; labels stay."""
        self._devices.save(devices)

    def forget_devices(self, macs: Sequence[str]) -> None:
        """Drop devices that are no longer kept, save those with a label or an incident."""
        self._devices.forget(macs)

    def save_incident(self, incident: Incident) -> Incident:
        """Add (id 0) or update what was seen; the answer shows a decision that came in between."""
        return self._incidents.save(incident)

    def sound_again(self, numbers: Sequence[int]) -> None:
        """Acknowledged urgent incidents that came up again: the lamp turns red again."""
        self._incidents.sound_again(numbers)

    def reword(self, sentences: Mapping[int, str]) -> None:
        """Replace the sentences of incidents, by id, as the days pass; decided ones too."""
        self._incidents.reword(sentences)

    def save_health(self, health: Health) -> None:
        """Overwrite the newest health."""
        self._recent.save(health)

    def save_lamp(self, lamp: Lamp) -> None:
        """Overwrite the newest lamp."""
        self._recent.save(lamp)

    def save_lists(self, lists: Sequence[ListStatus]) -> None:
        """Replace what is known of the lists in force."""
        self._journal.save_lists(lists)

    def add_recent(self, rows: Iterable[RecentName]) -> None:
        """Add names to the ring of the last hours."""
        self._recent.add(rows)

    def trim_recent(self, now: float, hours: float, rows: int) -> int:
        """Forget names older than `hours` and the oldest beyond `rows`; returns how many went."""
        return self._recent.trim(now, hours, rows)

    def save_sight(self, sights: Iterable[Sight], now: float) -> None:
        """Add or update hours of the blindness meter, and forget the old ones."""
        with self._lasting.transaction():
            self._sights.save(sights)
            self._sights.trim(now)

    def save_witnessed(
        self, counts: Iterable[WitnessCount], safesearch: Iterable[SafeSearch], checks: Iterable[FilterCheck]
    ) -> None:
        """Add counts of tries, bring days of safe search up to date, write down tests of the filter."""
        self._filter.add(counts, safesearch, checks)

    # --- what everybody reads -------------------------------------------------------------------------------------

    def incidents(
        self,
        *,
        open_only: bool = False,
        level: Level | None = None,
        mac: str | None = None,
        since: float | None = None,
        limit: int = 200,
        offset: int = 0,
        hidden_from: str | None = None,
    ) -> list[Incident]:
        """Incidents: the open ones urgent and oldest first, or all newest first. `since` is of last_seen.

        `hidden_from` leaves out what came up on the own devices of the person with that username.
        """
        return self._incidents.listed(
            open_only=open_only, level=level, mac=mac, since=since, limit=limit, offset=offset, hidden_from=hidden_from
        )

    def incident(self, number: int) -> Incident:
        """One incident; raises NotFound."""
        return self._incidents.one(number)

    def count_open(self, hidden_from: str | None = None) -> dict[Level, int]:
        """How many incidents have no decision yet, by level; every level is there. `hidden_from` as for `incidents`."""
        return self._incidents.count_open(hidden_from)

    def count_sounding(self) -> int:
        """How many urgent incidents nobody has acknowledged or decided."""
        return self._incidents.count_sounding()

    def notes(self, number: int) -> list[Note]:
        """Everything people wrote and decided on an incident, oldest first."""
        return self._incidents.notes(number)

    def devices(self) -> list[Device]:
        """Every device, the one heard last first."""
        return self._devices.all()

    def device(self, mac: str) -> Device:
        """One device; raises NotFound."""
        return self._devices.one(mac)

    def recent(self, mac: str | None = None, *, since: float = 0.0, until: float = 1e11, limit: int = 1000) -> list[RecentName]:
        """Names of the last hours in a span of time, oldest first; the newest `limit` of them."""
        return self._recent.names(mac=mac, since=since, until=until, limit=limit)

    def sight(self, since: float = 0.0, until: float = 1e11, mac: str | None = None) -> list[Sight]:
        """How much was in sight in the hours that began in a span of time, oldest first; `mac` empty for the school's own."""
        return self._sights.between(since, until, mac)

    def witness(self, since: str = "") -> list[WitnessCount]:
        """What became of tries of listed names, by day and category, from the day `since` (`2026-11-24`) on."""
        return self._filter.counts(since)

    def safesearch(self) -> list[SafeSearch]:
        """For each search engine the last day on which it was asked for."""
        return self._filter.safesearch()

    def checks(self, limit: int = 100) -> list[FilterCheck]:
        """Tests of the filter that somebody ran, newest first."""
        return self._filter.checks(limit)

    def check_log(self, limit: int = 100) -> list[CheckDone]:
        """Checks that people made and wrote down, newest first."""
        return self._check_log.newest(limit)

    def health(self) -> Health | None:
        """The newest health, None before the guardian has written one."""
        return self._recent.health()

    def lamp(self) -> Lamp | None:
        """The newest lamp as it was written, None before there is one."""
        return self._recent.lamp()

    def lamp_now(self, now: float, stale_after: float) -> Lamp:
        """The lamp as it must be shown: once older than `stale_after` seconds, red stays red and all else turns grey."""
        return self._recent.lamp_now(now, stale_after)

    def lists(self) -> list[ListStatus]:
        """The lists in force."""
        return self._journal.lists()

    def audit_log(self, limit: int = 200, offset: int = 0, who: Sequence[str] = ()) -> list[AuditEntry]:
        """Who did what, newest first; of everybody, or of those names."""
        return self._journal.entries(limit, offset, who)

    def audited_people(self) -> list[str]:
        """Everybody who stands in the audit, by name."""
        return self._journal.people()

    def chain_head(self) -> Head:
        """The newest link of the chain; its code is the evidence code on printed pages."""
        return self._journal.chain.head()

    def verify_chain(self, code: str = "") -> Verification:
        """Whether audit, notes and decided incidents are as they were written, and `code` was once the chain's head."""
        return self._journal.chain.verify(code)

    def setting(self, key: str) -> str | None:
        """A setting made on the page or by the box, None where there is none."""
        return self._journal.setting(key)

    def policy(self, zone: tzinfo = UTC) -> Policy:
        """All that the school has said of how its devices are judged, as one object. Its clock times are of that zone."""
        return make_policy(
            groups=self.register.groups(),
            members=self.register.members(),
            vlans=self.register.vlans(),
            levels=self.rulebook.levels(),
            rules=[rule for rule in self.rulebook.rules() if rule.ended is None],
            lessons=[lesson for lesson in self.rulebook.lessons() if lesson.ended is None],
            hours=self.rulebook.hours(),
            terms=self.rulebook.terms(),
            trial_until=self.rulebook.trial_until(),
            zone=zone,
        )

    def is_serious(self, category: str) -> bool:
        """Whether a category belongs to the serious core, which nobody in a school can switch off."""
        return preview.is_serious(category)

    def left_out(self, rule: Rule, *, since: float, hidden_from: str | None = None) -> list[Incident]:
        """Incidents since then that a rule would have left out, newest first: for a preview."""
        incidents = self._incidents.listed(
            open_only=False, level=None, mac=None, since=since, limit=1_000, offset=0, hidden_from=hidden_from
        )
        policy, vlans = self.policy(), {device.mac: device.vlan for device in self.devices()}
        return preview.left_out(rule, incidents, lambda mac: group_of(policy, mac, vlans.get(mac)).id)

    def asked_for(self, pattern: str) -> int:
        """How many devices asked for a name or one below it in the last hours: for a preview."""
        return self._recent.count_askers(pattern)

    def who_had(self, mac: str, at: float, zone: tzinfo = UTC) -> Holder:
        """Who had a device at a moment, by loan, timetable or log-on, with a sentence that says how we know."""
        known = KnownOf(
            loans=self.register.loans(mac),
            lessons=self.register.timetable(ended=True),
            log_ons=self.register.log_ons(mac),
            people=self.register.people(),
        )
        vlan = self._devices.vlan(mac)
        return who_had(mac, at, known, self.policy(zone), vlan)

    def preview(self, rule: Rule, now: float, hours: float = 48.0) -> Preview:
        """What a rule would have hidden or shown in the last hours, before it is made. The rule is as `rulebook` checked it."""
        since = now - hours * 3600.0
        vlans = {device.mac: device.vlan for device in self.devices()}
        incidents = self.incidents(since=since, limit=5_000)
        return preview_rule(rule, incidents, self.recent(since=since, limit=200_000), self.policy(), vlans.get)

    # --- what people write; each also writes an audit row ---------------------------------------------------------

    def decide(self, number: int, decision: Decision, *, by: str, now: float, note: str = "") -> Incident:
        """Close an incident; deciding again corrects, and both stay in its notes."""
        return self._incidents.decide(number, decision, by=by, now=now, text=note)

    def reopen(self, number: int, *, by: str, now: float, note: str = "") -> Incident:
        """Take a decision back."""
        return self._incidents.reopen(number, by=by, now=now, text=note)

    def add_note(self, number: int, text: str, *, by: str, now: float) -> None:
        """Add to an incident's record."""
        self._incidents.add_note(number, text, by=by, now=now)

    def acknowledge(self, number: int, *, by: str, now: float) -> None:
        """Somebody has seen it: it no longer holds the lamp red."""
        self._incidents.acknowledge(number, by=by, now=now)

    def acknowledge_all_urgent(self, *, by: str, now: float) -> int:
        """The button: acknowledge every open urgent incident; returns how many."""
        return self._incidents.acknowledge_all_urgent(by=by, now=now)

    def name_device(self, mac: str, label: str | None, *, by: str, now: float) -> Device:
        """Give a device the school's own name, or take it away; raises NotFound."""
        return self._devices.name(mac, label, by=by, now=now)

    def set_setting(self, key: str, value: str, *, by: str, now: float) -> None:
        """Keep a choice made on the page."""
        self._journal.set_setting(key, value, by=by, now=now)

    def log_check(self, check: CheckDone, *, by: str, now: float) -> CheckDone:
        """Write a check down; it can't be changed later."""
        return self._check_log.add(check, by=by, now=now)

    def note_read(self, who: str, subject: str, *, now: float) -> None:
        """Keep that somebody looked at a record, once an hour for each person and subject."""
        self._journal.add_read(now, who, subject)

    # --- who may log in -------------------------------------------------------------------------------------------

    def accounts(self) -> list[Account]:
        """Every account, oldest first."""
        return self._accounts.all()

    def account(self, username: str) -> Account | None:
        """The account of that name, or None."""
        return self._accounts.one(username)

    def add_account(self, username: str, full_name: str, role: Role, password_hash: str, *, now: float) -> Account:
        """Make an account; the first one burns the first-run code."""
        return self._accounts.add(username, full_name, role, password_hash, now=now)

    def set_password(self, username: str, password_hash: str, *, by: str, now: float) -> None:
        """Give an account a new password and end its sessions; raises NotFound."""
        self._accounts.set_password(username, password_hash, by=by, now=now)

    def set_active(self, username: str, active: bool, *, by: str, now: float) -> None:
        """Let somebody in again, or not any more; then their sessions end."""
        self._accounts.set_active(username, active, by=by, now=now)

    def note_login(self, username: str, ok: bool, *, now: float, source: str = "") -> None:
        """Keep that somebody tried to log in."""
        self._accounts.note_login(username, ok, now=now, source=source)

    def failed_logins(self, username: str, since: float) -> int:
        """How often a log-in failed since then, and since the last that worked."""
        return self._accounts.failed_logins(username, since)

    def add_session(self, token_hash: str, username: str, now: float, expires: float, source: str = "") -> None:
        """Begin a session."""
        self._accounts.add_session(token_hash, username, now, expires, source)

    def sessions(self, username: str, now: float) -> list[Session]:
        """Where somebody is logged in, the newest first."""
        return self._accounts.sessions(username, now)

    def prove_session(self, token_hash: str, now: float) -> None:
        """Whoever uses this session has just typed their passphrase again."""
        self._accounts.prove_session(token_hash, now)

    def end_sessions(self, username: str, keep: str = "") -> None:
        """Log somebody out everywhere, but for the session with the token hash `keep`."""
        self._accounts.end_sessions(username, keep)

    def session(self, token_hash: str, now: float) -> Session | None:
        """The session with that token, None once it has ended."""
        return self._accounts.session(token_hash, now)

    def touch_session(self, token_hash: str, now: float, expires: float | None = None) -> None:
        """The session was used; `expires` moves its end."""
        self._accounts.touch_session(token_hash, now, expires)

    def end_session(self, token_hash: str) -> None:
        """Log out."""
        self._accounts.end_session(token_hash)

    def first_run_code(self, now: float) -> str:
        """The code that makes the first account; empty once there is one."""
        return self._accounts.first_run_code(now)

    def check_first_run_code(self, code: str) -> bool:
        """Whether this is the code, however it was typed."""
        return self._accounts.check_first_run_code(code)
