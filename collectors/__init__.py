"""Collectors: platforms become Mentions. Every platform has the same anatomy: connect, targets, collect, map_payload."""
