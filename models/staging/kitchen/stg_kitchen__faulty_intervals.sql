with

lines as (

    {{ raw_lines('faulty_intervals', ['machine_id', 'start_time', 'end_time']) }}

),

parsed as (

    select
        *,
        {{ field('machine_id') }} as machine_id,
        {{ field('start_time') }} as start_text,
        {{ field('end_time') }} as end_text,
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
        case
            {{ line_rejections(['machine_id', 'start_text', 'end_text']) }}
            when started_at is null or ended_at is null then 'bad_timestamp'
            when ended_at < started_at then 'end_before_start'
        end as rejection_reason,
        raw_line

    from parsed

)

select * from renamed
