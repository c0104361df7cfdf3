"""The items of the report, and how they are drawn."""
