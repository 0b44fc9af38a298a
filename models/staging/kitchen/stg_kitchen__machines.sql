with

lines as (

    {{
        raw_lines(
            'machines', ['machine_id', 'kitchen_id', 'phase', 'zone', 'installed_on']
        )
    }}

),

parsed as (

    select
        *,
        {{ field('machine_id') }} as machine_id,
        {{ field('kitchen_id') }} as kitchen_id,
        {{ field('phase') }} as phase_text,
        {{ field('zone') }} as zone,
        {{ field('installed_on') }} as installed_on_text

    from lines

),

renamed as (

    select
        file_id,
        source_line,
        machine_id,
        kitchen_id,
        nullif(zone, '') as zone,
        {{ parse_date("nullif(installed_on_text, '')") }} as installed_date,
        case
            when phase_text in ('1', '2', '3') then cast(phase_text as integer)
        end as phase,
        case
            {{ line_rejections(['machine_id', 'kitchen_id', 'phase_text']) }}
            when phase_text not in ('1', '2', '3') then 'unknown_phase'
            when
                installed_on_text <> ''
                and {{ parse_date('installed_on_text') }} is null
                then 'bad_timestamp'
        end as rejection_reason,
        raw_line

    from parsed

)

select * from renamed
