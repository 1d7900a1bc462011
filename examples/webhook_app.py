"""A web service that starts videos and receives their end by webhook; no worker waits meanwhile.

    pip install fastapi uvicorn
    HOOK_SECRET=… PUBLIC_URL=https://you.example uvicorn webhook_app:app --app-dir examples

Its test, `python -m pytest examples/test_webhook_app.py`, needs neither a key nor a network.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request

from wiro import AsyncWiro, InvalidWebhook, parse_webhook
from wiro.errors import TaskNotFound
from wiro.models.pruna import Vace

HOOK = f"/hooks/wiro/{os.environ.get('HOOK_SECRET', 'guess-me')}"
"""Nothing signs a webhook, so its address should be hard to guess."""
PUBLIC_URL = os.environ.get("PUBLIC_URL", "https://you.example")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncWiro() as app.state.wiro:
        app.state.videos = {}
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/videos", status_code=202)
async def start(prompt: str) -> dict[str, str]:
    task = await app.state.wiro.submit(Vace(prompt=prompt), callback_url=f"{PUBLIC_URL}{HOOK}")
    return {"task": task.id}


@app.post(HOOK, status_code=204)
async def ended(request: Request) -> None:
    try:
        task = await app.state.wiro.tasks.confirm(parse_webhook(await request.body()))
    except (InvalidWebhook, TaskNotFound):
        raise HTTPException(400) from None  # somebody else's words about no task of ours
    app.state.videos[task.id] = [output.url for output in task.outputs]


@app.get("/videos/{task}")
async def video(task: str) -> dict[str, object]:
    return {"urls": app.state.videos.get(task), "done": task in app.state.videos}
