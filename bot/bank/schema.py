"""JSON Schemas of the content files, made from the models, so that an editor can check while one writes."""

import functools
import json
import operator
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, create_model

from bot.library.models import Challenge, Concept
from bot.questions import KINDS
from bot.questions.template import TemplateItem

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Mapping[str, str]:
    """The text of each schema file by its name; each describes a whole content file with its list."""
    kinds = [kind.model for kind in KINDS if kind.model is not TemplateItem]
    question: Any = Annotated[functools.reduce(operator.or_, kinds), Field(discriminator="kind")]
    lists = {"question": question, "template": TemplateItem, "concept": Concept, "challenge": Challenge}
    return {f"{name}.json": _schema(name, entry) for name, entry in lists.items()}


def _schema(name: str, entry: Any) -> str:
    fields: dict[str, Any] = {f"{name}s": (list[entry], ...)}
    file = create_model(f"{name.capitalize()}File", __config__=ConfigDict(extra="forbid"), **fields)
    schema = {"$schema": DIALECT, **TypeAdapter(file).json_schema(by_alias=True)}
    schema["description"] = f"A file of {name}s: content/{'challenges' if name == 'challenge' else name + 's'}/"
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into `folder` and say which files they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written
