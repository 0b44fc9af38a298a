with

files as (

    select * from {{ source('kitchen', 'files') }}

),

builds as (

    select * from {{ source('kitchen', 'builds') }}

),

last_build as (

    select coalesce(max(load_id), 0) as load_id

    from builds

),

renamed as (

    select
        files.file_id,
        files.path_id,
        files.source_table,
        files.source_file,
        files.header,
        files.column_count,
        files.line_count,
        files.loaded_at,
        files.replaced_load_id is null as is_current,
        files.load_id <= last_build.load_id
        and coalesce(files.replaced_load_id > last_build.load_id, true) as was_built,
        files.is_present,
        files.problem,
        {{ 'coalesce(files.has_rising_times, false)' if loads_types() else 'false' }}
            as has_rising_times

    from files

    cross join last_build

)

select * from renamed
