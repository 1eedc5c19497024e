-- One row for each returned unit, with the price of its order line where the order is loaded.
select
    returned._seller_id as seller_id,
    returned.order_id as amazon_order_id,
    returned._line as line,
    cast(returned.return_date as timestamp) as returned_at,
    returned.sku,
    returned.asin,
    returned.product_name,
    cast(returned.quantity as bigint) as quantity,
    returned.reason,
    returned.detailed_disposition as disposition,
    returned.status,
    prices.price_per_unit
from {{ source('amazon', 'fba_fulfillment_customer_returns_data') }} as returned
left join (
    select seller_id, amazon_order_id, sku,
           sum(item_price) / nullif(sum(quantity), 0) as price_per_unit
    from {{ ref('stg_order_items') }}
    group by 1, 2, 3
) as prices
    on prices.seller_id = returned._seller_id
    and prices.amazon_order_id = returned.order_id
    and prices.sku = returned.sku
