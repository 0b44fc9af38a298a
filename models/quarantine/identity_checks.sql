with

newest_files as (

    select *
    from {{ ref('stg_kitchen__files') }}
    where source_table = 'cooking_metrics'
    qualify loaded_at = max(loaded_at) over ()

),

machines as (

    select * from {{ ref('int_machines') }}

),

machines_changed as (

    select * from {{ ref('int_machines_changed') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

batches as (

    select * from {{ ref('int_batch_registrations') }}
    where is_latest

),

readings_unregistered as (

    select * from {{ ref('int_readings_unregistered') }}

),

arepa_types as (

    select * from {{ ref('dim_arepa_types') }}

),

ambiguous as (

    select
        'ambiguous_batches' as check_name,
        'batch_registry' as subject,
        1 as value,
        concat(
            count(*), ' readings wait in quarantine: ', count(distinct batch_id),
            ' batch numbers have two arepa types and no clear kitchen, first ',
            min(batch_id)
        ) as message

    from readings_unregistered

    where rejection_reason = 'ambiguous_batch'

    having count(*) > 0

),

{# What the newest files and those of stops and intervals call a machine. #}
machines_named as (

    select distinct cooking_metrics.machine_id
    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics
    semi join newest_files
        on cooking_metrics.file_id = newest_files.file_id

    union

    select machine_id from {{ ref('stg_kitchen__maintenance_events') }}

    union

    select machine_id from {{ ref('stg_kitchen__faulty_intervals') }}

),

{#
    Names that are unknown as they stand. Two that differ in letter case may be two machines; one
    with blanks around it is none but the one without, known or not.
#}
names_alike as (

    select distinct
        'machines' as subject,
        'machine names are registered' as words,
        machines_named.machine_id as written_as

    from machines_named

    inner join machines
        on lower(trim(machines_named.machine_id)) = lower(trim(machines.machine_id))

    left join machines as known
        on machines_named.machine_id = known.machine_id

    where
        known.machine_id is null
        or (
            machines_named.machine_id <> machines.machine_id
            and trim(machines_named.machine_id) = machines.machine_id
        )

    union all

    select distinct
        'batches' as subject,
        'batch numbers are registered' as words,
        readings.batch_id as written_as

    from readings_unregistered as readings

    inner join batches
        on lower(trim(readings.batch_id)) = lower(trim(batches.batch_id))

    where readings.rejection_reason = 'unknown_batch'

    union all

    select distinct
        'arepa_types' as subject,
        'arepa types are listed' as words,
        unlisted.arepa_type as written_as

    from arepa_types as unlisted

    inner join arepa_types as listed
        on lower(trim(unlisted.arepa_type)) = lower(trim(listed.arepa_type))

    where not unlisted.is_listed and listed.is_listed

),

other_letter_case as (

    select
        'other_letter_case' as check_name,
        subject,
        1 as value,
        concat(
            count(*),
            ' ',
            words,
            ' with other letter case or blanks alone, first ',
            min(written_as)
        ) as message

    from names_alike

    group by subject, words

),

{# Without a machines file all are in one place, those that had another one as well. #}
places_lost as (

    select
        machines.machine_id,
        machines_changed.built_place,
        row_number() over (order by machines.machine_id) as place

    from machines

    inner join machines_changed
        on machines.machine_id = machines_changed.machine_id

    cross join run_settings

    where
        not run_settings.has_machines
        and machines_changed.built_place
        <> concat(machines.kitchen_id, ', ', machines.phase)

),

lost as (

    select
        'lost_places' as check_name,
        'machines' as subject,
        1 as value,
        concat(
            max(place),
            ' machines lose kitchen and phase without a machines file;',
            ' deliver it again: ',
            {{ name_first_three("concat(machine_id, ' (', built_place, ')')") }}
        ) as message

    from places_lost

    having count(*) > 0

),

final as (

    select * from ambiguous

    union all

    select * from lost

    union all

    select * from other_letter_case

)

select * from final
