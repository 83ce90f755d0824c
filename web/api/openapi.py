"""The operations as an OpenAPI 3.1 document."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from web.api import PREFIX, Operation, Parameter
from web.api.schemas import SCHEMAS, ref

REFUSALS: Mapping[str, str] = {
    "401": "Nobody is signed in, or the token is unknown.",
    "403": "The rules refuse; the detail says why and what to do next.",
    "404": "There is no such thing, or none that you may find.",
    "409": "Somebody else was first, or it is not in a state that allows this.",
    "413": "The body is too large.",
    "422": "What was given cannot be right.",
    "503": "Not available right now.",
}
"""What every operation may answer as well, as a problem document (RFC 9457)."""


def document(operations: Sequence[Operation]) -> Mapping[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Muniment",
            "version": version("muniment"),
            "description": "Records archive of a property-management company. Every answer holds only what the "
            "person asking may see.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "responses": {
                f"Problem{status}": {
                    "description": help_text,
                    "content": {"application/problem+json": {"schema": ref("Problem")}},
                }
                for status, help_text in REFUSALS.items()
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "From `muniment token create PERSON`."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "muniment_session",
                    "description": "A browser's sign-in; changes then need the X-CSRFToken of a page.",
                },
            },
        },
    }


def _described(operation: Operation) -> Mapping[str, Any]:
    described: dict[str, Any] = {"operationId": operation.id, "summary": operation.summary}
    if operation.parameters:
        described["parameters"] = [_parameter(one) for one in operation.parameters]
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {media_type: {"schema": schema} for media_type, schema in operation.body.items()},
        }
    responses: dict[str, Any] = {}
    for status, answer in operation.answers.items():
        responses[str(status)] = {"description": answer.help}
        if answer.schema is not None:
            responses[str(status)]["content"] = {answer.media_type: {"schema": answer.schema}}
    responses |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in REFUSALS}
    described["responses"] = responses
    return described


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.help,
        "schema": parameter.schema,
    }
    if parameter.where == "path":
        described["required"] = True
    return described
