{#
    The grain of a model: no two rows share these columns, and none of them is null but those in
    `optional_columns`. One test instead of one per column, because it is proved every morning
    (macros/prove_grain.sql); where the table is long, `among` limits it to the rows that this run
    wrote, in plain SQL because a hook may not ask for what its model does not read. As in the contracts, metric_1 stands for all METRICS.
#}
{% test unique_combination_of_columns(
    model, combination_of_columns, optional_columns=[], among=none
) %}
    {{ rows_that_break_the_grain(model, combination_of_columns, optional_columns, among) }}
{% endtest %}
