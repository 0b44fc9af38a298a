{#
    CTEs that say which kitchen each file is of, where that is clear: the only kitchen that there
    is, or the only one that a folder of the file's path is called after, in any letter case. They
    read CTEs `files` and `machines`. Grain of file_kitchens: one row per file_id.
#}
{% macro file_kitchens() -%}
kitchens as (

    select
        kitchen_id,
        count(*) over () as kitchen_count

    from machines

    group by kitchen_id

),

file_kitchens as (

    select
        files.file_id,
        min(kitchens.kitchen_id) as kitchen_id

    from files

    inner join kitchens
        on
            kitchens.kitchen_count = 1
            or contains(
                lower('/' || files.source_file), lower('/' || kitchens.kitchen_id || '/')
            )

    group by files.file_id

    having count(*) = 1

)
{%- endmacro %}
