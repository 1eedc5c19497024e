-- Profit and loss by settlement, before the cost of goods: what was sold, refunded, promoted and charged.
select
    seller_id,
    settlement_id,
    currency,
    settlement_start,
    settlement_end,
    sum(case when transaction_type = 'Order' and amount_type = 'ItemPrice'
             and amount_description = 'Principal' then amount else 0 end) as sales,
    sum(case when transaction_type = 'Order' and amount_type = 'ItemPrice'
             and amount_description like '%Tax%' then amount else 0 end) as tax,
    sum(case when transaction_type = 'Order' and amount_type = 'ItemPrice'
             and amount_description like '%Shipping%' and amount_description not like '%Tax%'
             then amount else 0 end) as shipping,
    sum(case when transaction_type = 'Order' and amount_type = 'Promotion'
             then amount else 0 end) as promotions,
    sum(case when transaction_type = 'Order' and amount_type = 'ItemFees'
             then amount else 0 end) as fees,
    sum(case when transaction_type = 'Refund' then amount else 0 end) as refunds,
    sum(case
            when transaction_type = 'Refund' then 0
            when transaction_type = 'Order' and amount_type in ('Promotion', 'ItemFees') then 0
            when transaction_type = 'Order' and amount_type = 'ItemPrice'
                and (amount_description = 'Principal' or amount_description like '%Tax%'
                    or amount_description like '%Shipping%') then 0
            else amount
        end) as other,
    sum(amount) as net
from {{ ref('stg_settlement_amounts') }}
group by 1, 2, 3, 4, 5
