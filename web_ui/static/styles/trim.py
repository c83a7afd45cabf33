"""Take out of the compiled styles what no page uses: `python trim.py FILE`.

GOV.UK Frontend compiles each component whole, with sizes and variants that these templates never ask for. A rule goes when
each of its selectors needs one of them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

UNUSED = re.compile(
    r"\.govuk-(?:"
    r"input__(?:prefix|suffix|wrapper)|input--(?:extra-letter-spacing|width-(?:2|3|30))"
    r"|radios__(?:divider|conditional)|radios--inline|(?:label|fieldset__legend)--(?:m|l|xl)|label-wrapper|fieldset__heading"
    r"|button--(?:inverse|warning|start)|button__start-icon|main-wrapper--(?:l|auto-spacing)|exit-this-page"
    r"|visually-hidden-focusable|frontend-supported"
    r")(?![\w]|-[a-z])"
)
_NEVER = re.compile(rf":not\((?:{UNUSED.pattern}|:has\({UNUSED.pattern}\))\)")
_RULE = re.compile(r"(?<=[{}])([^{}@]+)\{([^{}]*)\}")
_EMPTY = re.compile(r"@(?:media|supports)[^{}]*\{\}")


def trim(styles: str) -> str:
    """The styles without those rules, without saying that an element is none of those, and without what is empty then."""
    trimmed = _RULE.sub(_keep, "}" + _NEVER.sub("", styles))[1:]
    return _EMPTY.sub("", trimmed)


def _keep(rule: re.Match[str]) -> str:
    kept = [selector for selector in rule[1].split(",") if not UNUSED.search(selector)]
    return f"{','.join(kept)}{{{rule[2]}}}" if kept else ""


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(trim(path.read_text()))
