"""The pages about report types, made of their entries."""
