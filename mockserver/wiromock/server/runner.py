"""Runs that the page starts: the same calls that any client would make."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wirogen.spec.model import ModelSpec
from wiromock.engine.auth import Credentials, sign
from wiromock.engine.dispatch import EXPLANATION_HEADER
from wiromock.engine.engine import Engine
from wiromock.engine.tenant import HEADER
from wiromock.server.form import body_of
from wiromock.spec.validation import check_request
from wiromock.spec.value import FILE_TYPES, as_list
from wiromock.wire.body import Form, Part
from wiromock.wire.http import Reply, Request, to_json

_BOUNDARY = "wiromock-page"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a filled-in form."""

    body: Mapping[str, Any]
    """What Run was sent."""
    filled: Mapping[str, Any]
    """What to show in the form again."""
    task: str = ""
    """The task's id; empty when there is none."""
    refusal: str = ""
    """What the platform said against it."""
    explanation: str = ""
    """What would have been right."""
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    """By name of a field."""


class Runner:
    """A client of the engine with the credentials that it expects.

    Args:
        engine: the platform.
        credentials: what it expects; None when any key will do.
        tenant: whose tasks these are.
    """

    def __init__(self, engine: Engine, credentials: Credentials | None, tenant: str) -> None:
        self._engine = engine
        self._credentials = credentials
        self._tenant = tenant

    def run(self, spec: ModelSpec, form: Form) -> Outcome:
        """Upload what was chosen, and run the model."""
        filled = self._fill(spec, form)
        body = body_of(spec, filled)
        reply = self._post(f"/Run/{spec.model}", to_json(body), "application/json")
        answer = _json(reply)
        if answer.get("result") is True:
            return Outcome(body, filled, task=str(answer["taskid"]))
        refusal = (
            "; ".join(str(error.get("message")) for error in answer.get("errors", []))
            or f"HTTP {reply.status}"
        )
        explanation = reply.headers.get(EXPLANATION_HEADER, "").encode().decode("unicode_escape")
        errors = {problem.name: problem.explanation for problem in check_request(spec, dict(body))}
        return Outcome(body, filled, refusal=refusal, explanation=explanation, errors=errors)

    def _fill(self, spec: ModelSpec, form: Form) -> dict[str, Any]:
        """Gather what a form holds by name: texts, and the URLs of files, given or uploaded."""
        filled: dict[str, Any] = {}
        for model_input in spec.inputs:
            given = form.fields.get(model_input.name, "")
            filled[model_input.name] = given
            if model_input.type.lower() in FILE_TYPES:
                chosen = [
                    part for part in form.files if part.name == model_input.name and part.filename
                ]
                urls = [*_lines(given), *(self._upload(part) for part in chosen)]
                filled[model_input.name] = (
                    urls if model_input.type.lower() != "fileinput" else "".join(urls[-1:])
                )
        return filled

    def _upload(self, part: Part) -> str:
        name = part.filename.replace('"', "%22").replace("\r", "").replace("\n", "")
        head = f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + part.content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        answer = _json(
            self._post("/File/Upload", body, f"multipart/form-data; boundary={_BOUNDARY}")
        )
        return (
            str(answer["list"][0]["url"]) if answer.get("list") else f"(refused: {part.filename})"
        )

    def _post(self, path: str, body: bytes, content_type: str) -> Reply:
        headers = {"content-type": content_type, HEADER: self._tenant, **self._proof()}
        url = f"{self._engine.urls.api.url}{path}"
        return self._engine.handle(Request.to(url, headers=headers, body=body))

    def _proof(self) -> dict[str, str]:
        auth = self._engine.catalog.platform.auth
        if self._credentials is None:
            return {auth.key_header: "page"}
        key, secret = self._credentials.api_key, self._credentials.api_secret
        if secret is None:
            return {auth.key_header: key}
        nonce = str(time.time_ns())
        return {
            auth.key_header: key,
            auth.nonce_header: nonce,
            auth.signature_header: sign(key, secret, nonce),
        }


def _lines(given: Any) -> list[str]:
    texts = [str(item) for item in as_list(given)]
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def _json(reply: Reply) -> dict[str, Any]:
    """Read an answer; a scripted fault may have made something else of it."""
    try:
        answer: Any = reply.json
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}  # pyright: ignore[reportUnknownVariableType] # raw JSON
