"""Decisions as pure functions of plain values: no clock, no randomness, no database."""
