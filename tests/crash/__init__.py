"""The program is killed in the middle, really, and started again."""
