{# Amounts are exact to 4 digits after the point: targets may store them as floating point. #}
{% macro money(column) %}cast({{ column }} as decimal(18, 4)){% endmacro %}
