"""Changesets as values, and as SPARQL updates that Oxigraph reads back unchanged."""

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from store.changes import Changeset, Delta

G, H = "http://example.org/g", "http://example.org/h"

iris = st.text(
    st.characters(
        exclude_characters='<>"{}|^`\\%[]#',
        min_codepoint=0x21,
        max_codepoint=0xDFFFF,
        exclude_categories=["C", "Z"],
    )
).map(lambda text: ox.NamedNode("http://example.org/" + text))
literals = st.one_of(
    st.builds(ox.Literal, st.text()),
    st.builds(ox.Literal, st.text("\\u0022UNn'\"\r\n\t{}#<>; \x00\x7f\x85\u2028")),
    st.builds(ox.Literal, st.text(), language=st.sampled_from(["fr", "en-GB", "DE"])),
    st.builds(
        ox.Literal,
        st.text(),
        language=st.just("ar"),
        direction=st.sampled_from([ox.BaseDirection.LTR, ox.BaseDirection.RTL]),
    ),
    st.builds(ox.Literal, st.one_of(st.integers(), st.floats(), st.booleans())),
    st.builds(ox.Literal, st.text(), datatype=iris),
)
triples = st.builds(ox.Triple, iris, iris, iris | literals)
statements = st.builds(ox.Triple, iris, iris, iris | literals | triples)


def stored(triples: list[ox.Triple]) -> frozenset[str]:
    """The lines of ``triples`` as a store gives them back."""
    store = ox.Store()
    graph = ox.NamedNode(G)
    store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    return lines(store)


def lines(store: ox.Store) -> frozenset[str]:
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(G))
    assert text is not None
    return frozenset(text.decode().split("\n")[:-1])


@settings(deadline=None)
@given(st.lists(statements, max_size=6), st.lists(statements, max_size=6))
def test_any_statement_of_a_store_can_be_written_by_an_update_and_taken_back(
    old: list[ox.Triple], new: list[ox.Triple]
) -> None:
    before, after = stored(old), stored(new)
    store = ox.Store()
    store.update(Changeset.of({G: (frozenset(), before)}).to_update())
    assert lines(store) == before
    change = Changeset.of({G: (before, after)})
    store.update(change.to_update())
    assert lines(store) == after
    store.update(change.inverse().to_update())
    assert lines(store) == before


few = st.frozensets(st.sampled_from("abcde"))


@settings(deadline=None)
@given(few, few, few)
def test_merging_two_changes_is_the_change_from_the_first_state_to_the_last(
    one: frozenset[str], two: frozenset[str], three: frozenset[str]
) -> None:
    first, second = Changeset.of({G: (one, two)}), Changeset.of({G: (two, three)})
    assert Changeset.merge([first, second]) == Changeset.of({G: (one, three)})


def test_merging_changes_of_different_graphs_keeps_both() -> None:
    one, two = Changeset({G: Delta(frozenset("a"))}), Changeset({H: Delta(frozenset("b"))})
    assert Changeset.merge([one, two]).graphs == one.graphs | two.graphs  # type: ignore[operator]


def test_graphs_that_did_not_change_are_no_part_of_a_changeset() -> None:
    same = frozenset({"<a:a> <a:b> <a:c> ."})
    change = Changeset.of({G: (same, same), H: (frozenset(), same)})
    assert list(change.graphs) == [H]
    assert len(change) == 1


def test_a_changeset_that_changes_nothing_is_false_and_has_no_update() -> None:
    nothing = Changeset.of({G: (frozenset(), frozenset())})
    assert not nothing
    assert nothing.to_update() == ""


def test_removals_come_before_additions() -> None:
    update = Changeset({G: Delta(frozenset({"added"}), frozenset({"removed"}))}).to_update()
    assert update.index("DELETE DATA") < update.index("removed") < update.index("INSERT DATA")
