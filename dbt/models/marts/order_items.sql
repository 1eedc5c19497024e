-- One row for each line of an order.
select
    seller_id, amazon_order_id, line, order_status, sales_channel, purchased_at, updated_at,
    sku, asin, product_name, quantity, currency,
    item_price, item_tax, shipping_price, item_promotion_discount
from {{ ref('stg_order_items') }}
