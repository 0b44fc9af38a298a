with

row_ledger as (

    select * from {{ ref('row_ledger') }}

),

rejected_rows as (

    select * from {{ ref('rejected_rows') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}
    where is_current

),

machines as (

    select * from {{ ref('int_machines') }}

),

{{ file_kitchens() }},

rejected_by_file as (

    select
        source_file,
        reason,
        count(*) as row_count

    from rejected_rows

    group by source_file, reason

),

{# What cannot be read at all is no line, and another check's. #}
files_placed as (

    select
        row_ledger.source_table,
        row_ledger.source_file,
        file_kitchens.kitchen_id,
        row_ledger.loaded_at = max(row_ledger.loaded_at) over () as is_newest,
        row_ledger.loaded_at = max(row_ledger.loaded_at) over (
            partition by row_ledger.source_table
        ) as is_newest_of_kind,
        row_ledger.loaded_at = max(row_ledger.loaded_at) over (
            partition by row_ledger.source_table, file_kitchens.kitchen_id
        ) as is_newest_of_kitchen,
        row_ledger.lines_read

    from row_ledger

    inner join files
        on row_ledger.source_file = files.source_file

    left join file_kitchens
        on files.file_id = file_kitchens.file_id

    anti join rejected_by_file
        on
            row_ledger.source_file = rejected_by_file.source_file
            and rejected_by_file.reason = 'unreadable_file'

),

{# All, each kind's, each kitchen's, and the newest, which years of good lines hide. #}
files_by_subject as (

    {% for part, subject, condition in [
        ('all', "'all files'", 'true'),
        ('newest', "'newest files'", 'is_newest'),
        ('kind', 'source_table', 'true'),
        ('newest_of_kind', "source_table || ', newest files'", 'is_newest_of_kind'),
        ('kitchen', "source_table || ' of ' || kitchen_id", 'kitchen_id is not null'),
        (
            'newest_of_kitchen',
            "source_table || ' of ' || kitchen_id",
            'kitchen_id is not null and is_newest_of_kitchen'
        ),
    ] -%}
    select
        '{{ part }}' as part,
        {{ subject }} as subject,
        {{ "''" if part in ('all', 'newest') else 'source_table' }} as kind,
        source_table,
        kitchen_id,
        source_file,
        lines_read

    from files_placed

    where {{ condition }}
    {{ 'union all' if not loop.last }}

    {% endfor %}
),

lines_by_subject as (

    select
        part,
        subject,
        kind,
        {# Files that are not placed may be anybody's. #}
        count(distinct kitchen_id) = 1
        and count(kitchen_id) = count(*)
        and (select count(*) > 1 from kitchens) as is_of_one_of_many,
        sum(lines_read) as line_count

    from files_by_subject

    group by part, subject, kind

),

rejected_by_reason as (

    select
        files_by_subject.part,
        files_by_subject.subject,
        case when files_by_subject.kind = '' then files_by_subject.source_table end
            as source_table,
        rejected_by_file.reason,
        sum(rejected_by_file.row_count) as row_count,
        min(rejected_by_file.source_file) as first_file

    from files_by_subject

    inner join rejected_by_file
        on files_by_subject.source_file = rejected_by_file.source_file

    group by all

),

rejected_by_subject as (

    select
        part,
        subject,
        sum(row_count) as row_count,
        min(first_file) as first_file,
        {{ join_texts(
            "concat_ws(' ', source_table, reason, row_count)",
            ['row_count desc', 'source_table asc', 'reason asc']
        ) }} as reasons

    from rejected_by_reason

    group by part, subject

),

compared as (

    select
        lines_by_subject.part,
        lines_by_subject.subject,
        lines_by_subject.kind,
        lines_by_subject.line_count,
        rejected_by_subject.row_count,
        rejected_by_subject.first_file,
        rejected_by_subject.reasons,
        rejected_by_subject.row_count / lines_by_subject.line_count as value,
        rejected_by_subject.row_count = lines_by_subject.line_count
        and (lines_by_subject.part = 'kind' or lines_by_subject.line_count >= 20)
            as is_nothing_kept,
        rejected_by_subject.row_count = lines_by_subject.line_count
        and lines_by_subject.line_count >= 20
        and lines_by_subject.part <> 'kind'
        and lines_by_subject.is_of_one_of_many as is_held

    from lines_by_subject

    inner join rejected_by_subject
        on
            lines_by_subject.part = rejected_by_subject.part
            and lines_by_subject.subject = rejected_by_subject.subject

),

{#
    One bad line in a handful, a late correction say, is no reason to stop a day. Of a kitchen or a
    delivery is told what is worse there than in all files of the kind. One kitchen of many of which
    nothing is kept has no plan, and the others go on.
#}
final as (

    select
        case
            when part in ('all', 'newest') then 'quarantine_share'
            when not is_nothing_kept then 'kind_share'
            when is_held then 'held_kitchens'
            else 'nothing_kept'
        end as check_name,
        subject,
        value,
        case
            when kind = '' then 'lines quarantined: ' || reasons
            else concat(
                case when is_held then 'no plan for its machines: ' else '' end,
                row_count, ' of ', line_count, ' lines quarantined, the first in ',
                first_file, ': ', reasons
            )
        end as message

    from compared

    where
        case part
            when 'newest' then line_count >= 1000
            when 'newest_of_kind' then not is_held
            when 'newest_of_kitchen' then is_held
            else true
        end

    qualify
        part in ('all', 'newest', 'kind')
        or (
            part <> 'newest_of_kitchen'
            and value
            > max(value) filter (where part = 'kind') over (partition by kind)
        )
        or (
            part = 'newest_of_kitchen'
            and coalesce(
                max(value) filter (where part = 'kitchen') over (partition by subject)
                < 1,
                true
            )
        )

)

select * from final
