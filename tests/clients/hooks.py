# What schemathesis has to be told of Terrein: how its own scalars look, and what of an answer is the server's fault.
import json
import os

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

number = st.floats(-200, 200, allow_nan=False)
place = st.tuples(number, number).map(list)


def shape(kind, coordinates):
    return st.fixed_dictionaries({"type": st.just(kind), "coordinates": coordinates})


shapes = st.one_of(
    shape("Point", st.one_of(st.just([5.08, 51.8]), place)),
    shape("LineString", st.lists(place, max_size=5)),
    shape("Polygon", st.lists(st.lists(place, max_size=6), max_size=2)),
    shape("MultiPolygon", st.lists(st.lists(st.lists(place, max_size=4), max_size=1), max_size=2)),
    shape("Nonsense", st.just([])),
)


def node(value):
    """A value as it stands in a question."""
    import graphql

    if isinstance(value, dict):
        fields = tuple(
            graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=node(inner)) for name, inner in value.items()
        )
        return graphql.ObjectValueNode(fields=fields)
    if isinstance(value, list):
        return graphql.ListValueNode(values=tuple(node(inner) for inner in value))
    return nodes.Float(value) if isinstance(value, float) else nodes.String(value)


# Mostly ids of things that are there, so that a question gets past its first line; now and then anything.
ids = st.sampled_from(json.loads(os.environ.get("TERREIN_IDS", "[]")) or ["terrain:x"])
schemathesis.graphql.scalar("ID", st.one_of(ids, ids, ids, st.text(max_size=40)).map(nodes.String))
schemathesis.graphql.scalar("Int", st.one_of(st.integers(1, 20), st.integers(1, 20), st.integers(-(2**31), 2**31 - 1)).map(nodes.Int))
schemathesis.graphql.scalar("GeoJSON", shapes.map(node))
schemathesis.graphql.scalar("UUID", st.one_of(st.uuids().map(str), st.text(max_size=40)).map(nodes.String))
schemathesis.graphql.scalar("DateTime", st.one_of(st.datetimes().map(lambda at: at.isoformat() + "Z"), st.text(max_size=20)).map(nodes.String))
schemathesis.graphql.scalar("NaiveDate", st.one_of(st.dates().map(str), st.text(max_size=12)).map(nodes.String))


@schemathesis.check
def no_fault_of_the_server(ctx, response, case):
    """A refusal says what is wrong with the question; only these two say that something is wrong here."""
    if response.status_code >= 500:
        raise AssertionError(f"status {response.status_code}")
    answer = json.loads(response.content)
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    if codes & {"INTERNAL", "UNAVAILABLE"}:
        raise AssertionError(f"codes {sorted(codes)}")
