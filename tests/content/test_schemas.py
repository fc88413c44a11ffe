"""The JSON Schemas for editors are those of the models."""

import json
from pathlib import Path

from bot.bank.schema import schemas, write_schemas

COMMITTED = Path(__file__).parents[2] / "docs" / "schema"


def test_the_committed_schemas_are_current() -> None:
    """`docs/schema` holds what the models say now (`write_schemas` writes it)."""
    assert {path.name: path.read_text() for path in COMMITTED.glob("*.json")} == schemas()


def test_schemas_are_written_to_a_folder(tmp_path: Path) -> None:
    """Each kind of content file has its schema, which names its list and refuses unknown keys."""
    written = write_schemas(tmp_path / "schema")
    assert {path.name for path in written} == {"question.json", "template.json", "concept.json", "challenge.json"}
    for path in written:
        schema = json.loads(path.read_text())
        assert schema["required"] == [f"{path.stem}s"]
        assert schema["additionalProperties"] is False


def test_the_schema_of_questions_knows_every_kind() -> None:
    """The kind of a question decides which fields it has."""
    entry = json.loads(schemas()["question.json"])["properties"]["questions"]["items"]
    assert set(entry["discriminator"]["mapping"]) == {"mcq", "multi", "numeric", "code_output", "short_text"}
