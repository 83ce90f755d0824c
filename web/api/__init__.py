"""The same use cases for programs. One table of operations makes the routes, checks what is given and is the
OpenAPI document: what is not in the table does not exist.

A file here has `OPERATIONS`; the file is its registration.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from archive.errors import Invalid, NotFound
from web.api.schemas import Schema

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something in the address. The schema's type is string or integer, or an array of either."""

    name: str
    schema: Schema
    help: str
    where: str = "query"


@dataclass(frozen=True, slots=True)
class Answer:
    help: str
    schema: Schema | None = None
    media_type: str = "application/json"


Given = Mapping[str, Any]
"""Checked parameters by name; what was not given and has no default is not in it."""


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    view: Callable[[Given], ResponseReturnValue]
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    """Media type → schema; empty when there is no body."""

    @property
    def id(self) -> str:
        return self.view.__name__


RECORD_ID = Parameter("id", {"type": "string"}, "Id of the record.", "path")


def operations() -> Iterator[Operation]:
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "OPERATIONS", ())


def blueprint() -> Blueprint:
    from web.api import openapi

    made = Blueprint("api", __name__)
    for operation in operations():
        rule = PREFIX + operation.path.replace("{", "<").replace("}", ">")
        made.add_url_rule(rule, operation.id, _door(operation), methods=[operation.method])
    made.add_url_rule("/api/openapi.json", "description", lambda: jsonify(openapi.document(tuple(operations()))))
    return made


def _door(operation: Operation) -> Callable[..., ResponseReturnValue]:
    def view(**path: str) -> ResponseReturnValue:
        return operation.view(dict(_given(operation, path)))

    return view


def _given(operation: Operation, path: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for parameter in operation.parameters:
        schema = parameter.schema
        if parameter.where == "path":
            try:
                yield parameter.name, _value(schema, path[parameter.name])
            except ValueError:
                raise NotFound("There is no such page.") from None
        else:
            texts = [text for text in request.args.getlist(parameter.name) if text]
            try:
                if schema["type"] == "array":
                    every = [one for text in texts for one in text.split(",") if one]
                    yield parameter.name, tuple(_value(schema["items"], one) for one in every)
                elif texts:
                    yield parameter.name, _value(schema, texts[-1])
                elif "default" in schema:
                    yield parameter.name, schema["default"]
            except ValueError as error:
                raise Invalid(f"The parameter {parameter.name} {error}.", "bad-parameter") from None


def _value(schema: Schema, text: str) -> str | int:
    """The text as the schema wants it. Raises ValueError with the rest of a sentence."""
    value: str | int = text
    if schema["type"] == "integer":
        try:
            value = int(text)
        except ValueError:
            raise ValueError("must be a whole number") from None
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            raise ValueError(f"must be between {schema.get('minimum', '…')} and {schema.get('maximum', '…')}")
    if "enum" in schema and value not in schema["enum"]:
        raise ValueError(f"must be one of: {', '.join(map(str, schema['enum']))}")
    return value


def said(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    response = jsonify(value)
    response.status_code = status
    response.headers.update(headers or {})
    return response


def body(required: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """The JSON object in the request. Raises Invalid if there is none."""
    value: Any = request.get_json(silent=True)
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.", "bad-body")
    for name in required:
        if name not in value:
            raise Invalid(f"The body lacks {name!r}.", "bad-body")
    return value  # pyright: ignore[reportUnknownVariableType] — any JSON object
