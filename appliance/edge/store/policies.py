"""What the school has said of its devices, put together: the policy in force, who had a device, what a rule would do."""

from __future__ import annotations

from datetime import UTC, tzinfo

from msgspec.structs import replace

from appliance.edge.store import preview
from appliance.edge.store.reading import Reading
from appliance.judge.policy import Policy, group_of, make_policy
from appliance.judge.preview import Preview, preview_rule
from appliance.judge.who import KnownOf, who_had
from appliance.model import Incident
from appliance.school import Holder, Rule


class Policies(Reading):
    """Answers that need several tables at once."""

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
        """Who had a device at a moment, by loan, timetable or log-on, with a sentence that says how we know.

        What is known of any record of the machine counts, and the group that it was in at the time.
        """
        family = self.merging.family(mac)
        known = KnownOf(
            loans=[replace(loan, mac=mac) for one in family for loan in self.register.loans(one)],
            lessons=self.register.timetable(ended=True),
            log_ons=[replace(log_on, mac=mac) for one in family for log_on in self.register.log_ons(one)],
            people=self.register.people(),
        )
        group = self.register.group_then(mac, at)
        policy = replace(self.policy(zone), members={mac: group} if group else {})
        return who_had(mac, at, known, policy, self._devices.vlan(mac))

    def preview(self, rule: Rule, now: float, hours: float = 48.0) -> Preview:
        """What a rule would have hidden or shown in the last hours, before it is made. The rule is as `rulebook` checked it."""
        since = now - hours * 3600.0
        vlans = {device.mac: device.vlan for device in self.devices()}
        incidents = self.incidents(since=since, limit=5_000)
        return preview_rule(rule, incidents, self.recent(since=since, limit=200_000), self.policy(), vlans.get)
