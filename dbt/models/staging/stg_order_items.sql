-- One row for each line of an order. The key of the table holds the order and the line, so that a later
-- version of an order replaces the earlier one; an order that lost a line keeps the old line in the
-- table, which the newest report of the order does not have.
with lines as (
    select
        _seller_id as seller_id,
        amazon_order_id,
        _line as line,
        _data_end as data_end,
        max(_data_end) over (partition by _seller_id, amazon_order_id) as newest,
        order_status,
        cast(purchase_date as timestamp) as purchased_at,
        cast(last_updated_date as timestamp) as updated_at,
        fulfillment_channel,
        sales_channel,
        ship_country,
        sku,
        asin,
        product_name,
        cast(coalesce(quantity, 0) as bigint) as quantity,
        currency,
        {{ money('coalesce(item_price, 0)') }} as item_price,
        {{ money('coalesce(item_tax, 0)') }} as item_tax,
        {{ money('coalesce(shipping_price, 0)') }} as shipping_price,
        {{ money('coalesce(item_promotion_discount, 0)') }} as item_promotion_discount
    from {{ source('amazon', 'flat_file_all_orders_data_by_last_update') }}
)
select * from lines where data_end = newest
