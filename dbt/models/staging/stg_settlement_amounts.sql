-- Every amount of every settlement. The first line of a settlement has its total and no amount.
select
    _seller_id as seller_id,
    settlement_id,
    currency,
    cast(settlement_start_date as timestamp) as settlement_start,
    cast(settlement_end_date as timestamp) as settlement_end,
    cast(posted_date_time as timestamp) as posted_at,
    transaction_type,
    amount_type,
    amount_description,
    order_id as amazon_order_id,
    sku,
    {{ money('amount') }} as amount
from {{ source('amazon', 'v2_settlement_report_data_flat_file_v2') }}
where amount is not null
