-- What is in Amazon's warehouses by the newest snapshot of each seller and set of marketplaces.
with snapshots as (
    select
        *,
        max(_data_end) over (partition by _seller_id, _marketplace_ids) as newest
    from {{ source('amazon', 'fba_myi_unsuppressed_inventory_data') }}
)
select
    _seller_id as seller_id,
    _marketplace_ids as marketplace_ids,
    cast(_data_end as timestamp) as snapshot_at,
    sku, fnsku, asin, product_name, condition,
    cast(coalesce(afn_fulfillable_quantity, 0) as bigint) as fulfillable,
    cast(coalesce(afn_reserved_quantity, 0) as bigint) as reserved,
    cast(coalesce(afn_unsellable_quantity, 0) as bigint) as unsellable,
    cast(coalesce(afn_inbound_working_quantity, 0)
        + coalesce(afn_inbound_shipped_quantity, 0)
        + coalesce(afn_inbound_receiving_quantity, 0) as bigint) as inbound
from snapshots
where _data_end = newest
