from __future__ import annotations

import re

from tap_mws_reports.api.transport import user_agent


def test_the_user_agent_has_amazons_format() -> None:
    rule = r"[^/ ]+/[^/ ]+ \(Language=Python/3\.\d+; Platform=[A-Za-z]+\)"
    assert re.fullmatch(rule, user_agent())
    assert len(user_agent()) <= 500
