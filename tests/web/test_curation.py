"""What the editors decided, on the pages: hidden, put first, corrected."""

import httpx


def test_what_is_hidden_says_by_whom_when_and_why_and_who_still_announces_it(
    client: httpx.Client,
) -> None:
    answer = client.get("/id/event/cache?lang=fr")
    assert answer.status_code == 410
    assert "Camille" in answer.text
    assert "19 novembre 2026" in answer.text
    assert "publicité &lt;b&gt;" in answer.text
    assert 'href="/id/source/foyer?lang=fr"' in answer.text


def test_what_was_withdrawn_by_its_sources_is_not_said_to_be_hidden(client: httpx.Client) -> None:
    answer = client.get("/id/event/parti?lang=fr")
    assert answer.status_code == 410
    assert "rédaction" not in answer.text


def test_what_is_hidden_answers_programs_with_its_tombstone(client: httpx.Client) -> None:
    answer = client.get("/id/event/cache", headers={"accept": "text/turtle"})
    assert answer.status_code == 410
    assert "prov:wasAttributedTo <https://data.example/id/editor/Camille>" in answer.text


def test_a_corrected_value_says_who_corrected_it_and_what_the_source_says(
    client: httpx.Client,
) -> None:
    page = client.get("/id/event/atelier/20261205?lang=fr").text
    assert "corrigé par Camille le 20 novembre 2026" in page
    assert "(nom usuel)" in page
    assert "Repair café" in page
    assert "corrigé par" not in client.get("/id/event/atelier/20261212?lang=fr").text


def test_what_is_put_first_comes_first_on_the_first_page_and_is_marked(
    client: httpx.Client,
) -> None:
    page = client.get("/?lang=fr").text
    first, week = page.index("Jardin partagé"), page.index('id="week"')
    assert first < week
    assert "mis en avant" in page
    assert "mis en avant" in client.get("/id/place/jardin?lang=fr").text


def test_what_takes_place_at_a_hidden_place_still_says_its_name(client: httpx.Client) -> None:
    page = client.get("/id/event/chez-cache?lang=fr").text
    assert "Salle cachée" in page
    assert "/id/place/cache" not in page
    assert "Fermée au public" not in page
    assert client.get("/id/place/cache").status_code == 410
