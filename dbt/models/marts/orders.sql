-- One row for each order, with the sums of its lines.
select
    seller_id,
    amazon_order_id,
    max(order_status) as order_status,
    max(sales_channel) as sales_channel,
    max(fulfillment_channel) as fulfillment_channel,
    max(ship_country) as ship_country,
    min(purchased_at) as purchased_at,
    max(updated_at) as updated_at,
    max(currency) as currency,
    count(*) as lines,
    sum(quantity) as quantity,
    sum(item_price) as item_price,
    sum(item_tax) as item_tax,
    sum(shipping_price) as shipping_price,
    sum(item_promotion_discount) as item_promotion_discount
from {{ ref('stg_order_items') }}
group by 1, 2
