"""The head teacher's page: what the box found, what it could not see, and what people decided.

Rows of the store enter, decisions, notes and names of devices leave through it; nothing else of the appliance is known here.
No page asks another host for anything, and every page works without JavaScript.
"""

from web_ui.app import create_app

__all__ = ["create_app"]
