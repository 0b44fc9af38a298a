with

lines as (

    {{
        raw_lines(
            'maintenance_events',
            ['machine_id', 'start_time', 'end_time', 'kind', 'finding', 'component']
        )
    }}

),

parsed as (

    select
        *,
        {{ field('machine_id') }} as machine_id,
        {{ field('start_time') }} as start_text,
        {{ field('end_time') }} as end_text,
        {{ field('kind') }} as kind,
        nullif({{ field('finding') }}, '') as finding,
        nullif({{ field('component') }}, '') as component,
        {{ parse_timestamp(field('start_time')) }} as started_at,
        {{ parse_timestamp(field('end_time')) }} as ended_at

    from lines

),

renamed as (

    select
        file_id,
        source_line,
        machine_id,
        started_at,
        ended_at,
        kind,
        finding,
        component,
        case
            {{ line_rejections(['machine_id', 'start_text', 'kind']) }}
            when started_at is null or (ended_at is null and end_text <> '')
                then 'bad_timestamp'
            when ended_at < started_at then 'end_before_start'
            when kind not in ('breakdown', 'planned') then 'unknown_kind'
            when
                finding not in (
                    'fault_found', 'nothing_found', 'postponed', 'not_inspected'
                )
                then 'unknown_finding'
            when kind = 'breakdown' and started_at > loaded_at + interval 1 day
                then 'future_timestamp'
        end as rejection_reason,
        raw_line

    from parsed

)

select * from renamed
