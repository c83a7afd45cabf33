"""The tests' own fixtures of every kind: what stays together where workers share them."""

from __future__ import annotations

import os

import pytest

from tests.conftest import group_of


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all")
def test_a_file_stays_with_one_worker(request: pytest.FixtureRequest) -> None:
    # pytest-xdist goes by the end of the name, and a pytest that it doesn't know yet may not let it.
    assert request.node.nodeid.endswith(f"@{group_of(request.node)}")


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all")
def test_a_schools_lab_stays_with_one_worker(request: pytest.FixtureRequest) -> None:
    labs = [item for item in request.session.items if item.get_closest_marker("lab")]
    assert all(item.nodeid.endswith("@lab") for item in labs)
