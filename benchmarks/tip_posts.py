"""Throws generated posts at the API for organizations of a running porch, fit and unfit.

`python -m benchmarks.tip_posts http://127.0.0.1:8080 --requests 2000`, with the key in TIP_KEY.
It fails at the first answer that the API's own description does not allow, or a server error. A
smaller number of the same kind stays in tests/channels/test_tip_api.py.
"""

from __future__ import annotations

from typing import Annotated, Any

import schemathesis
import typer
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def generated(url: str, secret: str, each: int) -> int:
    """Up to `each` fit and as many unfit calls of every operation; how many were made."""
    done = 0
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # an unfit description raises
        # A call that takes nothing cannot be unfit.
        modes = GenerationMode if operation.method == "post" else [GenerationMode.POSITIVE]
        for mode in modes:

            @settings(
                max_examples=each,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def one(case: Any) -> None:
                nonlocal done
                done += 1
                case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)

            one()
    return done


def run(
    url: Annotated[str, typer.Argument(help="address of a running porch that serves nobody")],
    key: Annotated[str, typer.Option(envvar="TIP_KEY", help="of an organization", prompt=True)],
    requests: Annotated[int, typer.Option(help="calls a kind")] = 2_000,
) -> None:
    """Throw and count."""
    typer.echo(f"{generated(url, key, requests)} calls, no fault found")


if __name__ == "__main__":
    typer.run(run)
