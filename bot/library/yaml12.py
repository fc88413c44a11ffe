"""YAML as version 1.2 has it: only `true` and `false` are booleans, so `no` and `on` stay words; so do dates."""

import re
from typing import Any

import yaml


class Loader(yaml.CSafeLoader):
    """Reads one file; what a word means beyond that, its model says."""


_LEFT_OUT = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _LEFT_OUT]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
for _letter in "tf":
    Loader.yaml_implicit_resolvers.setdefault(_letter, []).append(
        ("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"))
    )


def parse(octets: bytes) -> Any:
    """What a file holds. Raises ValueError where that is not YAML."""
    try:
        return yaml.load(octets, Loader)  # noqa: S506 (Loader is a safe loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
