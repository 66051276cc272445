"""Which changes of companies still stand. A run that was undone gave back what it could: of a company that somebody
had touched since, what it wrote stands until it is undone again."""

from __future__ import annotations

# Of a change `h` of the change set `hs`. What people did is undone as a whole, what a run did object by object.
UNDONE = (
    "EXISTS (SELECT 1 FROM kernel_changeset u WHERE u.undoes_id = hs.id AND (hs.kind <> 'import' OR EXISTS ("
    "SELECT 1 FROM kernel_change uh WHERE uh.record_model = h.record_model AND uh.record_id = h.record_id "
    "AND uh.change_set_id = u.id AND uh.model = h.model AND uh.object_id = h.object_id)))"
)
# What somebody, or another import, did with a company `c` after the run did and what stands of it; the run's change
# set comes as the one parameter.
SINCE = (
    "h.record_model = 'companies.company' AND h.record_id = c.id AND hs.kind <> 'undo' "
    f"AND NOT {UNDONE} "
    "AND h.id > (SELECT max(m.id) FROM kernel_change m WHERE m.record_model = 'companies.company' "
    "AND m.record_id = c.id AND m.change_set_id = %s)"
)
TOUCHED_SINCE = (
    f"EXISTS (SELECT 1 FROM kernel_change h JOIN kernel_changeset hs ON hs.id = h.change_set_id WHERE {SINCE})"
)
