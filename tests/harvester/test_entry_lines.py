"""The line of a feed's entry, found again in its bytes."""

from __future__ import annotations

import pytest

from harvester.entry_lines import with_lines
from harvester.records import Content, Issue
from vocab.messages import say

RSS = b"""<?xml version="1.0"?>
<rss><channel><!-- <item> -->
<items/>
<item>
<description><![CDATA[<item>
]]></description>
</item>
<item><title>b</title></item>
</channel></rss>"""


def places(body: bytes, *wheres: str) -> list[str]:
    issues = [Issue("x", say("reason"), where=where) for where in wheres]
    return [issue.where for issue in with_lines(issues, [Content(body)])]


def test_an_entry_of_a_feed_is_told_with_its_line() -> None:
    assert places(RSS, "entry 2", "", "entry 1") == ["entry 2, line 8", "", "entry 1, line 4"]
    atom = b"<a:feed>\n<a:entry>\n</a:entry><a:entry/>\n<a:entry >"
    assert places(atom, "entry 2", "entry 3") == ["entry 2, line 3", "entry 3, line 4"]


@pytest.mark.parametrize("body", [b'[{"a": 1}]', RSS.decode().encode("utf-16")])
def test_what_is_no_xml_in_ascii_keeps_the_number_alone(body: bytes) -> None:
    assert places(body, "entry 1") == ["entry 1"]


def test_an_entry_that_is_not_found_keeps_its_number() -> None:
    assert places(RSS, "entry 9", "feature 1", "line 3") == ["entry 9", "feature 1", "line 3"]


def test_of_several_pages_none_can_be_meant() -> None:
    issue = Issue("x", say("reason"), where="entry 1")
    assert with_lines([issue], [Content(RSS), Content(RSS)]) == (issue,)
    assert with_lines([issue], []) == (issue,)


def test_a_comment_without_end_hides_what_comes_after_it_and_costs_no_time() -> None:
    body = b"<rss>" + b"<!--" * 500_000 + RSS.replace(b"-->", b"")
    assert places(body, "entry 1") == ["entry 1"]
