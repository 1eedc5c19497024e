-- What is settled for an order is its price.
select * from {{ ref('settled_orders') }} where abs(difference) >= 0.01
