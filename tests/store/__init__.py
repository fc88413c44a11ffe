"""Proofs on the two databases: the same code on an SQLite file and on a real PostgreSQL."""
