from __future__ import annotations

import pytest

from appliance.edge.store import Store, StoreError
from appliance.school import CheckDone


def test_checks_come_back_newest_first_with_who_and_when(store: Store) -> None:
    for number in range(3):
        store.log_check(
            CheckDone(what=f"drill {number}", result="worked", place="  Oak\u202e room "), by="Mrs Bevan", now=100.0 + number
        )
    newest, *_rest = store.check_log()
    assert (newest.what, newest.by, newest.time, newest.place) == ("drill 2", "Mrs Bevan", 102.0, "Oak room")
    assert store.audit_log()[0].action == "check written down"


def test_a_check_that_says_nothing_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="what was tested"):
        store.log_check(CheckDone(what=" ", result="worked"), by="x", now=1.0)


@pytest.mark.parametrize("sql", ["UPDATE check_log SET result = 'worked'", "DELETE FROM check_log"])
def test_the_log_is_only_ever_added_to(store: Store, sql: str) -> None:
    store.log_check(CheckDone(what="drill", result="failed"), by="x", now=1.0)
    with pytest.raises(StoreError):
        store._lasting.execute(sql)
