with

{% for table, model, reason in [
    ('cooking_metrics', 'int_readings_unregistered', 'rejection_reason'),
    ('faulty_intervals', 'int_faulty_interval_registrations', 'registration_status'),
    (
        'maintenance_events',
        'int_maintenance_event_registrations',
        'registration_status',
    ),
] -%}
{{ table }} as (

    select
        '{{ table }}' as source_table,
        machine_id,
        count(*) as row_count

    from {{ ref(model) }}

    where {{ reason }} = 'unknown_machine'

    group by machine_id

),

{% endfor -%}
final as (

    select * from cooking_metrics

    union all

    select * from faulty_intervals

    union all

    select * from maintenance_events

)

select * from final
