{# Nothing is scored on data worse than a limit of `stop`; `mark` is written down. #}
select
    check_name,
    subject,
    round(value, 4) as value,
    limit_value,
    message

from {{ ref('data_checks') }}

where severity = 'stop'

order by check_name, subject
