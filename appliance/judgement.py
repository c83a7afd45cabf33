"""The judgement as the box has it: a pipeline with all that comes with the box beside the lists, made in one place.

The guardian, a replay and the evaluation judge alike because all three come here for it.
"""

from __future__ import annotations

from datetime import UTC, tzinfo

import phrase_lists
from appliance.edge.suffixes import PublicSuffixes
from appliance.edge.word_lists import open_words
from appliance.judge.remembered import NameLists
from appliance.pipeline import Pipeline


def open_judgement(lists: NameLists, zone: tzinfo = UTC) -> Pipeline:
    """A fresh pipeline that judges by these lists, and by words where no list knows a name; `zone` is the school's."""
    return Pipeline(
        lists,
        zone=zone,
        registrable=PublicSuffixes.bundled().registrable,
        third_parties=phrase_lists.third_parties(),
        background=phrase_lists.background_names(),
        words=open_words(),
    )
