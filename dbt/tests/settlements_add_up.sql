-- The lines of a settlement add up to what Amazon pays.
select * from {{ ref('settlements') }} where abs(total_amount - amounts) >= 0.01
