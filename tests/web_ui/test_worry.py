"""Report a worry: off until the school wants it, read by the right people only, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC

import pytest

from appliance.edge.store import Store, StoreFull
from appliance.edge.word_lists import open_words
from appliance.judge.worries import judge_worry
from appliance.model import Role
from appliance.school import Hours
from tests.web_ui import school, served
from tests.web_ui.conftest import Clock, Visitor

TEXT = "zebra: my friend says that she will kill myself <b>now</b>"


@pytest.fixture
def open_page(account: None, morning: Store) -> Store:
    """A school that uses the page, with a head and a deputy."""
    morning.set_setting("report_a_worry", "on", by="Mrs Bevan", now=school.NOW)
    morning.add_account("rees", "Mr Rees", "deputy", served.hashed(), now=school.NOW)
    return morning


def choice(page: str, name: str) -> str:
    """The value of the answer that names somebody."""
    found = re.search(rf'value="(\w+)"[^>]*><label[^>]*>Yes, about {name}', page)
    assert found
    return found[1]


def write(visitor: Visitor, **fields: str) -> int:
    visitor.get("/worry")
    return visitor.post("/worry", {"text": TEXT, "about": "no"} | fields).status_code


def read(store: Store) -> int:
    """What the guardian does; the number of the incident."""
    (worry,) = store.worries.unread()
    incident = store.save_incident(judge_worry(worry, open_words(), UTC))
    store.worries.tie(worry.id, incident.id)
    return incident.id


def test_it_is_off_until_the_school_wants_it(account: None, morning: Store, visitor: Visitor) -> None:
    page = visitor.get("/worry").text
    assert "can’t write to this school here" in page and "0800 1111" in page and "<textarea" not in page
    assert 'href="/worry"' not in visitor.get("/what-this-box-sees").text
    visitor.get("/log-in")
    assert visitor.post("/worry", {"text": TEXT}).status_code == 404
    assert morning.worries.unread() == []


def test_a_box_that_nobody_reads_takes_none(morning: Store, visitor: Visitor) -> None:
    morning.set_setting("report_a_worry", "on", by="x", now=school.NOW)
    assert "<textarea" not in visitor.get("/worry").text


def test_the_head_switches_it_on_in_the_settings(account: None, morning: Store, visitor: Visitor) -> None:
    visitor.log_in()
    visitor.get("/settings")
    fields = {"language": "en", "school": "Ashfield", "time_zone": "Europe/London", "worry": "on"}
    assert visitor.post("/settings", fields).status_code == 302
    assert morning.setting("report_a_worry") == "on"
    assert "What worries you?" in visitor.get("/worry").text
    assert 'href="/worry"' in visitor.get("/what-this-box-sees").text


def test_a_worry_is_kept_word_for_word_and_its_writer_thanked(open_page: Store, visitor: Visitor) -> None:
    visitor.get("/worry")
    answer = visitor.post("/worry", {"text": TEXT, "name": "Sam", "about": "no", "today": "yes"})
    assert answer.status_code == 302 and answer.location == "/worry/sent"
    (worry,) = open_page.worries.unread()
    assert (worry.text, worry.name, worry.today, worry.about) == (TEXT, "Sam", True, "")
    thanks = visitor.get("/worry/sent").text
    assert "zebra" not in thanks and "0800 1111" in thanks


def test_the_page_says_when_it_is_read(open_page: Store, visitor: Visitor) -> None:
    assert "Somebody reads it on school days, while" in visitor.get("/worry").text
    open_page.rulebook.set_hours([Hours(weekday=0, opens="08:45", closes="15:30")], by="x", now=school.NOW)
    assert "between 8:45 and 15:30" in visitor.get("/worry").text


def test_the_answer_is_the_same_whatever_was_written(open_page: Store, visitor: Visitor) -> None:
    pages = set()
    for text in ("I like cake", TEXT):
        visitor.get("/worry")
        answer = visitor.post("/worry", {"text": text, "about": "no"})
        pages.add((answer.status_code, answer.location, visitor.get("/worry/sent").text))
    assert len(pages) == 1


def test_who_wrote_from_where_is_written_nowhere(open_page: Store, visitor: Visitor) -> None:
    visitor.source = "10.99.98.97"
    write(visitor)
    open_page.close()
    for file in open_page.data_dir.rglob("safespan.db*"):
        assert b"10.99.98.97" not in file.read_bytes()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": " "}, "A few words are enough"),
        ({"text": "a" * 10_001}, "too long by one letter"),
        ({"text": "a" * 10_050}, "too long by 50 letters"),
        ({"name": "b" * 90}, "80 letters or fewer"),
        ({"about": ""}, "Choose whether it is about one of them"),
        ({"about": "bevan"}, "Choose whether it is about one of them"),
    ],
)
def test_a_fault_keeps_what_was_typed(open_page: Store, visitor: Visitor, fields: dict[str, str], says: str) -> None:
    visitor.get("/worry")
    answer = visitor.post("/worry", {"text": TEXT, "about": "no"} | fields)
    assert answer.status_code == 400 and says in answer.text
    assert fields.get("text", "zebra: my friend").strip() in answer.text
    assert open_page.worries.unread() == []


def test_as_much_as_the_judge_reads_is_taken_also_in_long_letters(open_page: Store, visitor: Visitor) -> None:
    visitor.get("/worry")
    text = "ж" * 10_000
    data = {"csrf_token": visitor.token, "text": text, "about": "no"}
    answer = visitor.client.post("/worry", data=data, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert open_page.worries.unread()[0].text == text


def test_one_device_sends_three_and_then_waits_without_losing_its_words(open_page: Store, visitor: Visitor, clock: Clock) -> None:
    assert [write(visitor) for _ in range(4)] == [302, 302, 302, 429]
    answer = visitor.post("/worry", {"text": TEXT, "about": "no"})
    assert "zebra" in answer.text and "ring Childline" in answer.text
    visitor.source = "10.20.0.77"
    assert write(visitor) == 302
    visitor.source = "10.20.0.9"
    clock.move(901)
    assert write(visitor) == 302


def test_all_devices_together_send_thirty_in_an_hour(open_page: Store, visitor: Visitor) -> None:
    codes = []
    for number in range(31):
        visitor.source = f"10.20.1.{number}"
        codes.append(write(visitor))
    assert codes == [302] * 30 + [429]


def test_a_full_disk_keeps_the_words_and_says_whom_to_tell(
    open_page: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_fields: object) -> None:
        raise StoreFull("full")

    monkeypatch.setattr("appliance.edge.store.worries.Worries.add", refuse)
    visitor.get("/worry")
    answer = visitor.post("/worry", {"text": TEXT, "about": "no"})
    assert answer.status_code == 503 and "zebra" in answer.text and "Tell a grown-up now" in answer.text


def test_a_form_without_its_token_is_asked_for_again_and_loses_nothing(open_page: Store, visitor: Visitor) -> None:
    answer = visitor.client.post("/worry", data={"text": "a" * 9_900, "about": "no"})
    assert answer.status_code == 400 and "a" * 9_900 in answer.text


def test_who_reads_cases_reads_it_and_that_is_written_down(open_page: Store, visitor: Visitor) -> None:
    write(visitor, name="Sam <i>")
    number = read(open_page)
    visitor.log_in("rees")
    assert "Somebody reported a worry" in visitor.get("/to-look-at").text
    page = visitor.get(f"/to-look-at/{number}").text
    assert "&lt;b&gt;now&lt;/b&gt;" in page and "Sam &lt;i&gt;" in page and "0800" not in page.partition("What they wrote")[0]
    assert "/devices/worry" not in page and "Do not visit the site" not in page
    assert open_page.audit_log()[0].subject == str(number)


@pytest.mark.parametrize("role", ["technician", "governor", "supplier"])
def test_nobody_else_reads_it(open_page: Store, visitor: Visitor, role: Role) -> None:
    write(visitor)
    number = read(open_page)
    open_page.add_account("someone", "Someone", role, served.hashed(), now=school.NOW)
    open_page.set_setting("supplier_door", str(school.NOW + 3600), by="x", now=school.NOW)
    visitor.log_in("someone")
    assert visitor.get(f"/to-look-at/{number}").status_code == 403
    for path in ("/numbers", "/who-looked", "/is-it-working", "/devices", "/devices.csv"):
        assert "zebra" not in visitor.get(path).text


def test_a_worry_about_the_head_goes_to_the_deputy_only(open_page: Store, visitor: Visitor) -> None:
    key = choice(visitor.get("/worry").text, "Mrs Bevan")
    assert "bevan" not in key
    assert visitor.post("/worry", {"text": TEXT, "about": key}).status_code == 302
    number = read(open_page)
    visitor.log_in()
    assert visitor.get(f"/to-look-at/{number}").status_code == 404
    inbox = visitor.get("/to-look-at").text
    assert "reported a worry" not in inbox and "Mr Rees" in inbox
    assert f"incident {number}" not in visitor.get("/who-looked").text
    visitor.post("/log-out")
    visitor.log_in("rees")
    assert "zebra" in visitor.get(f"/to-look-at/{number}").text


def test_with_one_reader_a_worry_about_them_has_another_way(account: None, morning: Store, visitor: Visitor) -> None:
    morning.set_setting("report_a_worry", "on", by="x", now=school.NOW)
    page = visitor.get("/worry").text
    assert "Yes, about" not in page and "only the head teacher would read it" in page and "0808 800 5000" in page
    assert write(visitor, about="") == 302
