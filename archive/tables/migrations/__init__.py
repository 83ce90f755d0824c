"""The steps that brought the tables to their present form, oldest first; forward only.

Machines are upgraded one after the other, so that programs of the release before go on working on the tables that a
step has made: expand, migrate, contract. A step says what it means for them:

- `survived_by`: the version whose programs, and all later ones, go on working; `revision` itself when none does, so
  that everything is stopped for it. Before a step that says nothing, nobody goes on.
- `unused`: tables, and columns as "table.column", that this version's program neither reads nor writes any more though
  they are still there. A later step drops them, `survived_by` this version at the earliest.
- `satisfied`: CHECKs made or changed on tables that were there, which every row that those programs write passes.

A new column may be left out of an INSERT; those programs write no such thing. What the new program finds missing in
their rows it takes for what they meant, until a later step, when none of them is left, fills it in and demands it.
`tests/archive/test_upgrades.py` holds every step since 0041 to this.
"""
