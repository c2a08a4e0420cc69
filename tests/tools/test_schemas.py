"""The JSON Schemas in docs are those of the results, one per command that answers with one."""

from __future__ import annotations

import jsonschema
import pytest

from tests.cli.test_help import LEAVES
from tipoff.results.base import Result
from tools.pages import schemas

OPTIONS = {"scoreboard-backtest"}
"""Answers of an option, not of a command."""


def test_the_schemas_in_docs_are_current() -> None:
    stored = {path.name: path.read_text("utf-8") for path in schemas.FOLDER.iterdir()}
    assert stored == schemas.schemas()


def test_every_schema_is_of_a_command() -> None:
    commands = {words.replace(" ", "-") for words in LEAVES}
    assert set(schemas.answers()) - OPTIONS <= commands


@pytest.mark.parametrize("schema", schemas.answers().values(), ids=lambda result: result.__name__)
def test_a_schema_is_one_and_demands_every_field(schema: type[Result]) -> None:
    text = schema.model_json_schema(mode="serialization")
    jsonschema.Draft202012Validator.check_schema(text)
    assert set(text["required"]) == set(schema.model_fields)
