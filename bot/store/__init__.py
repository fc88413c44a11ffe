"""The state of every group, as rows: tables, and one module of queries per aggregate."""
