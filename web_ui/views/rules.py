"""Rules and lists: what the box looks for, and the school's own say in it. A rule shows its effect before it is saved."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response as AnyResponse

from appliance.edge.store import NotFound, StoreError
from appliance.model import Incident, Level
from appliance.school import Rule, Scope
from web_ui import cases
from web_ui.hostnames import clean
from web_ui.records import now, store
from web_ui.views import forms, incidents
from web_ui.views.cards import name_now
from web_ui.views.mine import me
from web_ui.wording import categories
from web_ui.wording import incidents as incident_wording
from web_ui.wording import rules as wording
from web_ui.wording.register import say_group
from web_ui.wording.texts import gettext as _

blueprint = Blueprint("rules", __name__)

WEEK = 7 * 86_400.0
REASON_LIMIT = 200
PREVIEW_SHOWN, ENDED_SHOWN, NAMES_SHOWN = 10, 20, 10
FIELDS = ("kind", "site", "category", "scope", "group", "device", "reason", "length", "how")


class Asked(Struct, frozen=True):
    """What was typed into the form of a rule."""

    kind: str = "allow"
    site: str = ""
    category: str = ""
    scope: str = "school"
    group: str = ""
    device: str = ""
    reason: str = ""
    length: str = ""
    how: str = ""


def _typed() -> Asked:
    return Asked(**{field: forms.line(field) for field in FIELDS if field in request.form})


@blueprint.get("/rules")
def listed() -> str:
    """The lists in force and the school's rules."""
    hidden, devices, groups = cases.hidden_rules(), _devices(), _groups()
    rules = [rule for rule in store().rulebook.rules() if rule.id not in hidden]
    running = [rule for rule in rules if rule.ended is None and now() < rule.until]
    ended = [rule for rule in rules if rule not in running][:ENDED_SHOWN]
    health = store().health()
    lists = (health.lists if health else ()) or tuple(store().lists())
    return render_template(
        "rules/listed.html",
        running=[wording.say_rule(rule, now(), devices, groups) for rule in running],
        ended=[wording.say_rule(rule, now(), devices, groups) for rule in ended],
        lists=[wording.say_list(status, now()) for status in lists],
        serious=_serious(),
        hidden=len(hidden),
    )


def _devices() -> dict[str, str]:
    return {device.mac: device.name for device in store().devices()}


def _groups() -> dict[str, str]:
    return {group.id: say_group(group) for group in store().register.groups()}


def _serious() -> list[str]:
    """The titles of the serious core."""
    return [categories.title(category) for category in categories.known() if store().is_serious(category)]


@blueprint.get("/rules/new")
def new() -> str:
    """The form for a new rule, for a device where the address names one."""
    kind = "deny" if request.args.get("kind") == "deny" else "allow"
    device = request.args.get("device", "")
    if device not in _devices():
        device = ""
    return _form(Asked(kind=kind, device=device, scope="device" if device else "school", length="28"), {})


def _form(asked: Asked, faults: forms.Faults) -> str:
    chosen = {
        category: categories.title(category)
        for category in categories.known()
        if asked.kind == "deny" or not store().is_serious(category)
    }
    return render_template(
        "rules/new.html",
        asked=asked,
        faults=faults,
        categories=chosen,
        groups={key: clean(name, 80) for key, name in _groups().items()},
        device_name=clean(_devices().get(asked.device, ""), 80),
        lengths=wording.lengths(now()),
        serious=_serious(),
    )


@blueprint.post("/rules/new")
def make() -> AnyResponse:
    """Check what was typed, show what it would do, and save it once somebody has seen that."""
    asked = _typed()
    rule, faults = _rule_of(asked)
    if rule is None:
        return make_response(_form(asked, faults), 400)
    step = request.form.get("step", "")
    if step == "change":
        return make_response(_form(asked, {}))
    if step != "save":
        return make_response(_preview(rule, asked, url_for("rules.make")))
    store().rulebook.add_rule(rule, by=me().full_name, now=now())
    flash("rule-made")
    return redirect(url_for("rules.listed"))


def _rule_of(asked: Asked) -> tuple[Rule | None, forms.Faults]:
    """The rule as it would be kept, or what is wrong with what was typed."""
    faults = _faults_in(asked)
    if asked.kind == "allow" and not asked.site and not asked.category:
        faults["site"] = _("Enter a site, or choose a category")
    if asked.kind == "deny" and not asked.site:
        faults["site"] = _("Enter a site")
    if asked.kind == "deny" and not asked.category:
        faults["category"] = _("Choose what the site is about")
    if asked.scope == "group" and asked.group not in _groups():
        faults["group"] = _("Choose a group")
    if faults:
        return None, faults
    return _checked(_make_rule(asked), "site")


def _faults_in(asked: Asked) -> forms.Faults:
    faults: forms.Faults = {}
    if not asked.reason:
        faults["reason"] = _("Write why: somebody will ask for it later")
    elif len(asked.reason) > REASON_LIMIT:
        faults["reason"] = _("Write a reason of 200 characters or fewer")
    if asked.length not in wording.LENGTHS:
        faults["length"] = _("Choose how long it lasts")
    return faults


def _make_rule(asked: Asked) -> Rule:
    kind: Literal["allow", "deny"] = "deny" if asked.kind == "deny" else "allow"
    scopes: dict[str, tuple[Scope, str]] = {"device": ("device", asked.device), "group": ("group", asked.group)}
    scope, target = scopes.get(asked.scope, ("school", ""))
    level: Level = "urgent" if kind == "deny" and store().is_serious(asked.category) else "look"
    return Rule(
        kind=kind,
        pattern=asked.site,
        category=asked.category,
        level=level,
        scope=scope,
        target=target,
        reason=asked.reason,
        by=me().full_name,
        since=now(),
        until=now() + wording.LENGTHS[asked.length] * wording.DAY,
    )


def _checked(rule: Rule, field: str) -> tuple[Rule | None, forms.Faults]:
    try:
        return store().rulebook.checked_rule(rule, by=me().full_name, now=now()), {}
    except StoreError as error:
        # Only its own objections are about what was typed; a busy or full store is nobody's slip.
        if type(error) is not StoreError:
            raise
        return None, {field: str(error)}


def _preview(rule: Rule, asked: Asked, action: str) -> str:
    found = store().left_out(rule, since=now() - WEEK, hidden_from=cases.owner())
    askers = store().asked_for(rule.pattern) if rule.kind == "deny" else 0
    return render_template(
        "rules/check.html",
        rule=wording.say_rule(rule, now(), _devices(), _groups()),
        says=wording.say_preview(rule, len(found), askers),
        found=[(incident, _sentence(incident)) for incident in found[:PREVIEW_SHOWN]],
        more=max(0, len(found) - PREVIEW_SHOWN),
        carried={field: getattr(asked, field) for field in FIELDS},
        action=action,
    )


def _sentence(incident: Incident) -> object:
    return incident_wording.say(incident, name_now(incident), now())


@blueprint.post("/rules/<int:number>/end")
def end(number: int) -> AnyResponse:
    """End a rule before its day."""
    if number in cases.hidden_rules():
        raise NotFound(f"There is no rule {number}.")
    store().rulebook.end_rule(number, by=me().full_name, now=now())
    flash("rule-ended")
    return redirect(url_for("rules.listed"))


@blueprint.get("/to-look-at/<int:number>/false-alarm")
def false_alarm(number: int) -> str:
    """The form that says how far a false alarm goes."""
    incident = cases.find(number)
    return _alarm_form(incident, Asked(how="once", site=incident.names[0] if incident.names else "", length="28"), {})


def _alarm_form(incident: Incident, asked: Asked, faults: forms.Faults) -> str:
    return render_template(
        "rules/false_alarm.html",
        incident=incident,
        sentence=_sentence(incident),
        device_name=clean(name_now(incident), 80),
        names=incident.names[:NAMES_SHOWN],
        asked=asked,
        faults=faults,
        lengths=wording.lengths(now()),
        fixed=store().is_serious(incident.category),
        title=categories.title(incident.category),
    )


@blueprint.post("/to-look-at/<int:number>/false-alarm")
def mark(number: int) -> AnyResponse:
    """Close it as a false alarm, once; or with a rule, after its effect has been shown."""
    incident, asked = cases.find(number), _typed()
    if incident.decision:
        typed = {"decision": "no_concern", "closing": asked.reason}
        return make_response(incidents.render(incident, {}, typed, beaten=True), 409)
    if asked.how == "once":
        return _mark_once(incident, asked)
    rule, faults = _alarm_rule(incident, asked)
    step = request.form.get("step", "")
    if rule is None or step == "change":
        return make_response(_alarm_form(incident, asked, faults), 400 if faults else 200)
    if step != "save":
        return make_response(_preview(rule, asked, url_for("rules.mark", number=number)))
    with store().write():
        store().rulebook.add_rule(rule, by=me().full_name, now=now())
        store().decide(number, "no_concern", by=me().full_name, now=now(), note=asked.reason)
    flash("false-alarm")
    return redirect(url_for("incidents.show", number=number))


def _mark_once(incident: Incident, asked: Asked) -> AnyResponse:
    faults = {field: fault for field, fault in _faults_in(asked).items() if field == "reason"}
    if faults:
        return make_response(_alarm_form(incident, asked, faults), 400)
    store().decide(incident.id, "no_concern", by=me().full_name, now=now(), note=asked.reason)
    flash("false-alarm")
    return redirect(url_for("incidents.show", number=incident.id))


def _alarm_rule(incident: Incident, asked: Asked) -> tuple[Rule | None, forms.Faults]:
    faults = _faults_in(asked)
    if asked.how not in ("device", "always") or store().is_serious(incident.category):
        faults["how"] = _("Choose how far this goes")
    if asked.site not in incident.names:
        faults["site"] = _("Choose the site that this is about")
    if faults:
        return None, faults
    scope = "device" if asked.how == "device" else "school"
    wanted = Asked("allow", asked.site, incident.category, scope, "", incident.mac, asked.reason, asked.length)
    return _checked(_make_rule(wanted), "site")
