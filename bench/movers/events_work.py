"""The work of the scenarios refined_load and rejecting_load in Python, as functions for dlt's add_map: on Arrow columns where
Arrow has the function, value by value where it has none. Rows that break a rule are left out; dlt has no quarantine for them.
"""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc


def refine(table):
    """A cast, a filter, a mask and five rules."""
    table = with_column(table, "amount", pc.cast(table["amount"], pa.decimal128(12, 2), safe=False))
    table = table.filter(pc.greater(table["amount"], 500))
    table = table.filter(
        all_of(
            pc.is_valid(table["id"]),
            pc.is_valid(table["ts"]),
            passes(pc.and_(pc.greater_equal(table["amount"], 0), pc.less_equal(table["amount"], 100_000))),
            passes(pc.greater_equal(table["user_id"], 0)),
            passes(pc.greater_equal(table["ts"], pa.scalar(1_704_067_200_000_000, pa.timestamp("us", "UTC")))),
        )
    )
    return with_column(table, "status", pa.array([sha256(text) for text in table["status"].to_pylist()], pa.string()))


def reject(table):
    """A rule that one row in a hundred breaks."""
    hundreds = pc.multiply(pc.divide(table["id"], 100), 100)
    return table.filter(passes(pc.not_equal(table["id"], hundreds)))


def with_column(table, name, values):
    return table.set_column(table.schema.get_field_index(name), name, values)


def passes(condition):
    """A null breaks no rule."""
    return pc.fill_null(condition, True)


def all_of(first, *others):
    for other in others:
        first = pc.and_(first, other)
    return first


def sha256(text):
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()
