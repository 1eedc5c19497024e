"""XML documents as tables: a header of element paths, and a record per innermost row element.

Row elements are those that the report type declares, and their ancestors up from its root; of a
type that says nothing, those that occur more than once in one parent. An innermost one, with no
other row element inside that has a value, is a row: its values, and those of all that enclose it,
which are not inside another row element. What stands outside of every row element, before or
behind, belongs to every row. Every value of a document is thus in one row at least; only an
envelope without a message, which has no data, has no rows.

An element that repeats inside a row element without being declared has numbered columns, because
the grain of a table must not change with its documents; when it repeats more than `MOST_NUMBERED`
times it makes rows, too.

A document is read twice, in pieces, and no tree is built of it: once to learn its paths and whether
it is whole, then for its rows. What is kept is the outermost row element that is being read, of
those that occur more than once: an order of a settlement, not the settlement.
"""
