"""What robots.txt files say of addresses (RFC 9309), without a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.fetch.robots import (
    KEPT,
    MOST_BYTES,
    PATIENCE,
    RETRIED,
    Robots,
    Verdict,
    worth_keeping,
)

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
ADDRESS = "https://mairie.example/robots.txt"
URL = "https://mairie.example/agenda/agenda.ics"


def robots(text: str | bytes, status: int = 200) -> Robots:
    body = text.encode() if isinstance(text, str) else text
    return Robots.answered(ADDRESS, status, body, NOW, None)


def verdict(text: str | bytes, url: str = URL) -> Verdict:
    return robots(text).verdict(url)


def test_a_group_for_our_name_binds_and_the_line_that_decides_is_told() -> None:
    text = "# le site\nUser-agent: EnBauges\nDisallow: /prive/\nDisallow: /agenda/\n"
    found = verdict(text)
    assert (found.agent, found.line, found.rule) == ("EnBauges", 4, "Disallow: /agenda/")
    assert found.robots == ADDRESS
    assert found.binds("named")
    assert found.binds("strict")
    assert not found.binds("none")


def test_a_group_for_everybody_binds_only_the_strict() -> None:
    found = verdict("User-agent: *\nDisallow: /*.ics$\n")
    assert (found.refuses, found.agent, found.line) == (True, "*", 2)
    assert not found.binds("named")
    assert found.binds("strict")


def test_a_group_for_our_name_is_heard_instead_of_the_one_for_everybody() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: enbauges\nDisallow: /prive/\n"
    found = verdict(text)
    assert (found.agent, found.refuses) == ("EnBauges", False)
    assert not found.binds("strict")
    assert verdict(text, "https://mairie.example/prive/a").line == 5


@pytest.mark.parametrize("rules", ["", "Disallow:\n", "Allow: /\n"])
def test_an_empty_group_for_our_name_opens_everything(rules: str) -> None:
    found = verdict(f"User-agent: *\nDisallow: /\nUser-agent: EnBauges\n{rules}")
    assert (found.agent, found.refuses) == ("EnBauges", False)


@pytest.mark.parametrize(
    "agent", ["EnBauges", "ENBAUGES", "enbauges/0.1", "EnBauges (+https://node.example/)"]
)
def test_our_name_is_found_in_any_case_and_with_a_version(agent: str) -> None:
    assert verdict(f"User-Agent: {agent}\nDisallow: /").binds("named")


@pytest.mark.parametrize("agent", ["En", "Bauges", "EnBauges-bot", "EnBaugesfr", "Googlebot"])
def test_a_group_for_another_name_is_not_ours(agent: str) -> None:
    assert verdict(f"User-agent: {agent}\nDisallow: /") == Verdict(ADDRESS, 200)


def test_groups_for_the_same_name_are_one_and_a_group_may_have_several_names() -> None:
    text = (
        "User-agent: EnBauges\nDisallow: /a\n"
        "Sitemap: https://mairie.example/sitemap.xml\n"
        "User-agent: other\nUser-agent: EnBauges\nDisallow: /b\n"
        "User-agent: *\nDisallow: /c\n"
    )
    refused = [
        verdict(text, f"https://mairie.example/{path}").line for path in ("a", "b", "c", "d")
    ]
    assert refused == [2, 6, 0, 0]


def test_the_longest_rule_decides_and_allow_wins_a_tie() -> None:
    text = "User-agent: EnBauges\nDisallow: /\nAllow: /agenda/\nDisallow: /agenda/prive\n"
    assert not verdict(text).refuses
    assert verdict(text, "https://mairie.example/agenda/prive.ics").line == 4
    assert verdict(text, "https://mairie.example/").line == 2
    tie = "User-agent: EnBauges\nDisallow: /agenda/\nAllow: /agenda/\n"
    assert not verdict(tie).refuses


def test_a_rule_is_heard_however_its_path_is_encoded() -> None:
    text = "User-agent: EnBauges\nDisallow: /l'été/\n"
    assert verdict(text, "https://mairie.example/l'%C3%A9t%C3%A9/a.ics").refuses
    assert verdict(text, "https://mairie.example/l'%c3%a9t%c3%a9/a.ics").refuses


def test_a_query_is_part_of_what_rules_are_compared_with() -> None:
    text = "User-agent: *\nDisallow: /*?*ical=1\n"
    assert verdict(text, "https://mairie.example/agenda/?ical=1").refuses
    assert not verdict(text, "https://mairie.example/agenda/").refuses


def test_a_crawl_delay_is_heard_from_the_group_that_applies() -> None:
    text = "User-agent: *\nCrawl-delay: 10\nDisallow:\n"
    assert verdict(text).delay == 10
    assert verdict(text + "User-agent: EnBauges\nCrawl-delay: 2.5\n").delay == 2.5
    assert verdict("User-agent: *\nCrawl-delay: soon\n").delay == 0


def test_a_mark_at_the_beginning_and_odd_bytes_do_no_harm() -> None:
    text = b"\xef\xbb\xbfUser-agent: EnBauges\r\nDisallow: /\xff\xfe\r\nDisallow: /agenda\r\n"
    assert verdict(text).line == 3


@pytest.mark.parametrize("text", ["", "<!DOCTYPE html><p>Page introuvable</p>", "Disallow: /\n"])
def test_what_names_no_robot_refuses_nothing(text: str) -> None:
    assert not verdict(text).refuses


@pytest.mark.parametrize("status", [204, 301, 401, 403, 404, 410, 429])
def test_a_status_that_is_no_success_and_no_breakdown_means_no_rules(status: int) -> None:
    found = Robots.answered(ADDRESS, status, b"", NOW, None).verdict(URL)
    assert (found.status, found.refuses) == (status, False)


def test_a_server_that_breaks_down_closes_the_site_for_a_month() -> None:
    first = robots(b"", 503)
    assert first.verdict(URL) == Verdict(ADDRESS, 503, closed=True)
    assert first.verdict(URL).binds("named")
    late = Robots.answered(ADDRESS, 500, b"", NOW + PATIENCE, first)
    assert late.broken_since == NOW
    assert not late.verdict(URL).refuses
    again = Robots.answered(ADDRESS, 200, b"", NOW + PATIENCE, late)
    assert again.broken_since is None


def test_one_that_was_read_is_used_for_a_day_and_a_breakdown_for_minutes() -> None:
    for found, kept in ((robots(""), KEPT), (robots("", 404), KEPT), (robots("", 500), RETRIED)):
        assert found.is_fresh(NOW + kept - timedelta(seconds=1))
        assert not found.is_fresh(NOW + kept)
        assert not found.is_fresh(NOW - timedelta(seconds=1)), "the clock was wrong"


def test_what_is_past_500_kib_is_not_read() -> None:
    text = "User-agent: EnBauges\n" + "#" * MOST_BYTES + "\nDisallow: /\n"
    assert not verdict(text).refuses


def test_what_is_kept_of_it_says_the_same() -> None:
    for found in (robots("User-agent: *\nDisallow: /été\n"), robots("", 503)):
        assert Robots.from_json(found.to_json()) == found


@pytest.mark.parametrize("text", ["", "[]", "3", '["a", "b", "c", "d", "e"]', '[1, 200, 3, "", 0]'])
def test_what_was_kept_and_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Robots.from_json(text or " ")
    assert not worth_keeping(text, NOW)


def test_only_what_is_of_use_is_kept() -> None:
    assert worth_keeping(robots("").to_json(), NOW)
    assert not worth_keeping(robots("").to_json(), NOW + KEPT)
    assert worth_keeping(robots("", 500).to_json(), NOW + KEPT)


@given(st.lists(st.sampled_from([
    "User-agent: EnBauges", "User-agent: *", "User-agent: x", "Disallow: /", "Disallow: /agenda/",
    "Allow: /agenda", "Disallow: /*.ics$", "Disallow:", "Sitemap: /s.xml", "# note", "", "bruit",
    "Crawl-delay: 3", "Allow: /*.ics", "Disallow /agenda",
]), max_size=12))  # fmt: skip
def test_a_rule_that_refuses_is_a_line_of_the_file(lines: list[str]) -> None:
    found = verdict("\n".join(lines))
    if found.refuses:
        assert lines[found.line - 1] == found.rule
        assert found.rule.startswith("Disallow")
