-- One row for each settlement: what Amazon says it pays, and what its lines add up to.
with totals as (
    select
        _seller_id as seller_id,
        settlement_id,
        max(currency) as currency,
        max(cast(settlement_start_date as timestamp)) as settlement_start,
        max(cast(settlement_end_date as timestamp)) as settlement_end,
        max(cast(deposit_date as timestamp)) as deposited_at,
        max({{ money('total_amount') }}) as total_amount
    from {{ source('amazon', 'v2_settlement_report_data_flat_file_v2') }}
    group by 1, 2
)
select
    totals.*,
    coalesce(amounts.amount, 0) as amounts,
    coalesce(amounts.lines, 0) as lines
from totals
left join (
    select seller_id, settlement_id, sum(amount) as amount, count(*) as lines
    from {{ ref('stg_settlement_amounts') }}
    group by 1, 2
) as amounts
    on amounts.seller_id = totals.seller_id and amounts.settlement_id = totals.settlement_id
