"""Batchmate's core: what a study group does, whatever chat it lives in."""
