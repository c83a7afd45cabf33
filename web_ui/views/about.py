"""What this box sees, and what it doesn't: open to everybody."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("about", __name__)


@blueprint.get("/what-this-box-sees")
def show() -> str:
    """One page for parents, staff and children; it tells nothing about anybody."""
    return render_template("about.html")
