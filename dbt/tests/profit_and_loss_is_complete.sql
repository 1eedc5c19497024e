-- Every amount is in one column, and the columns add up to the settlement.
select profit.*
from {{ ref('profit_and_loss') }} as profit
join {{ ref('settlements') }} as settlements
    on settlements.seller_id = profit.seller_id
    and settlements.settlement_id = profit.settlement_id
where abs(sales + tax + shipping + promotions + fees + refunds + other - net) >= 0.01
   or abs(net - settlements.amounts) >= 0.01
