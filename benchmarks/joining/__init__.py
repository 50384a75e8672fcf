"""The joiner measured on data/pairs, and what it was fitted with."""
