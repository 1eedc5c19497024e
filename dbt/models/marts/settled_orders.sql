-- Settlements reconciled with orders: the principal that was settled beside the price of the order.
-- `difference` is null where the order is not loaded: it is older than `start_date`.
select
    settled.seller_id,
    settled.amazon_order_id,
    settled.principal,
    orders.item_price,
    settled.principal - orders.item_price as difference
from (
    select seller_id, amazon_order_id, sum(amount) as principal
    from {{ ref('stg_settlement_amounts') }}
    where transaction_type = 'Order' and amount_type = 'ItemPrice'
      and amount_description = 'Principal'
    group by 1, 2
) as settled
left join {{ ref('orders') }} as orders
    on orders.seller_id = settled.seller_id
    and orders.amazon_order_id = settled.amazon_order_id
