"""The settings of the tap: schema, validation, and the configured sellers."""
