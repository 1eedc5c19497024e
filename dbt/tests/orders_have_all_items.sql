-- No line is lost or counted twice between items and orders.
select 1
from (select sum(quantity) as n, sum(item_price) as p from {{ ref('order_items') }}) as items
cross join (select sum(quantity) as n, sum(item_price) as p from {{ ref('orders') }}) as orders
where items.n <> orders.n or abs(items.p - orders.p) >= 0.01
