select
    source_file,
    lines_read,
    rows_kept,
    rows_duplicate,
    rows_quarantined

from {{ ref('row_ledger') }}

where
    lines_read <> rows_kept + rows_duplicate + rows_quarantined
    or least(rows_kept, rows_duplicate, rows_quarantined) < 0
