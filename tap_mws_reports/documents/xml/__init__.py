"""XML documents as tables: a header of element paths, and one record per innermost row element.

Row elements are those that the report type declares, and the ancestors of its root; if the type
declares none, those that occur more than once in one parent. An innermost row element (no row
element with a value inside) is a row: its values, and those of all enclosing elements that are not
inside another row element. Values outside all row elements, before or after them, belong to every
row. So every value is in at least one row; only an envelope without a message has no rows.

An undeclared element that repeats inside a row element has numbered columns, because the grain of a
table must not change between documents. If it repeats more than `MOST_NUMBERED` times, it is a row
element, too.

Elements that repeat are read by the arrangement of their tags (`row_feed`), which gives the same
rows as reading them event by event.

A document is streamed twice, without building a tree: first to infer the schema and to check that
it is complete, then for its rows. Only one outermost repeating row element is in memory at a time:
an order of a settlement, not the settlement.
"""
