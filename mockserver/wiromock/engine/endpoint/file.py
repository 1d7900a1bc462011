"""POST /File/Upload and /File/FolderCreate, GET /File/{accesskey}/{filename}, and downloads from the file host."""

import re
from typing import Any, Final

from wiromock.engine.call import Call
from wiromock.engine.world import Folder, Upload, World
from wiromock.task.task import Task
from wiromock.wire.http import Reply, Request, json_reply, text_reply

LARGEST = 100 * 1024 * 1024
"""Bytes of one upload."""

_TYPES: Final = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "gif": "image/gif",
    "heic": "image/heic",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "md": "text/markdown",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""What may be uploaded. A table of ours: the machine's own list of types differs between machines."""


def upload(world: World, call: Call) -> Reply:
    """Answer an upload.

    Raises:
        Refusal: no part named `file`, too large, or of a type that is not taken. How the platform
            words the last two is not documented.
    """
    part = next((part for part in call.form.files if part.name == "file"), None)
    if part is None:
        raise world.errors.refuse(
            "files_required", "send multipart/form-data with a file part named `file`", name="file"
        )
    if len(part.content) > LARGEST:
        raise world.errors.refuse("upload_refused", f"{len(part.content)} bytes; at most {LARGEST}")
    if _extension(part.filename) not in _TYPES:
        known = ", ".join(_TYPES)
        raise world.errors.refuse("upload_refused", f"{part.filename!r} is none of {known}")
    folder = str(call.form.fields.get("folderid") or call.form.fields.get("folderId") or "0")
    _check_folder(world, folder)
    key = world.keep(part.filename, content_type_of(part.filename), part.content)
    listed = [_listing(world, world.uploads[key], folder)]
    return json_reply(200, {"result": True, "errors": [], "list": listed})


def download(world: World, call: Call) -> Reply:
    """Answer the public download of an uploaded file."""
    kept = world.uploads.get(call.values["accesskey"])
    if kept is None or kept.name != call.values["filename"]:
        return text_reply(404, "Not Found")
    return serve(kept.content, kept.content_type, call.request)


def output(world: World, call: Call) -> Reply:
    """Answer the download of an output: there once its task has succeeded."""
    task = world.folders.get(folder_of(world, call.request))
    name = call.request.path.rpartition("/")[2]
    if task is not None and not task.view(world.clock.time()).is_over:
        world.look(task)  # whoever waits until its file is there
    reply = None if task is None else serve_output(world, task, name, call.request)
    return reply or text_reply(404, "Not Found")


def serve_output(world: World, task: Task, name: str, request: Request) -> Reply | None:
    """Send an output of a task; None while it is not there."""
    for made in task.view(world.clock.time()).outputs:
        if made.name == name and made.kind != "raw":
            return serve(made.content, made.content_type, request)
    return None


def folder_of(world: World, request: Request) -> str:
    """Return the folder of a download from the file host; empty for other paths."""
    below = world.urls.outputs.below(request.host, request.path) or ""
    parts = below.split("/")
    return parts[1] if len(parts) == 3 else ""


def create_folder(world: World, call: Call) -> Reply:
    """Answer a FolderCreate.

    Raises:
        Refusal: a name that the platform does not take, or a parent that does not exist. How it words
            that is not documented.
    """
    name = str(call.form.fields.get("name") or "")
    parent = str(call.form.fields.get("parentid") or "0")
    if not re.fullmatch("[A-Za-z0-9_-]+", name):
        explanation = f"a folder's name has letters, digits, - and _ only, not {name!r}"
        raise world.errors.refuse("parameters_invalid", explanation)
    _check_folder(world, parent)
    folder = Folder(
        world.ids.hex(f"upload_folder/{parent}/{name}"), name, parent, world.clock.time()
    )
    world.upload_folders.setdefault(folder.id, folder)
    listed = {
        "id": folder.id,
        "name": name,
        "parentid": parent,
        "size": "0",
        "contenttype": "",
        "addedtime": str(int(world.upload_folders[folder.id].added)),
    }
    return json_reply(200, {"result": True, "errors": [], "list": [listed]})


def _check_folder(world: World, folder: str) -> None:
    """Tolerate a folder that was never created, perhaps because a web page did; "0" is the one at the top."""
    if folder != "0" and folder not in world.upload_folders:
        detail = (
            f"there is no folder {folder!r} here; accepted, since folders come from elsewhere too"
        )
        world.tolerate("folder", detail)


def serve(content: bytes, content_type: str, request: Request) -> Reply:
    """Send a file, or the part of it that a `Range` header asks for."""
    headers = {"content-type": content_type, "accept-ranges": "bytes"}
    asked = re.fullmatch(r"bytes=([0-9]{1,18})-([0-9]{0,18})", request.headers.get("range", ""))
    if asked is None:
        return _file(200, headers, content, request)
    first = int(asked[1])
    last = min(int(asked[2] or len(content)), len(content) - 1)
    if first > last:
        headers["content-range"] = f"bytes */{len(content)}"
        return _file(416, headers, b"", request)
    headers["content-range"] = f"bytes {first}-{last}/{len(content)}"
    return _file(206, headers, content[first : last + 1], request)


def _file(status: int, headers: dict[str, str], content: bytes, request: Request) -> Reply:
    headers["content-length"] = str(len(content))
    return Reply(status, headers, b"" if request.method == "HEAD" else content)


def content_type_of(name: str) -> str:
    """Return the media type that an extension stands for."""
    return _TYPES.get(_extension(name), "application/octet-stream")


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _listing(world: World, kept: Upload, folder: str) -> dict[str, Any]:
    return {
        "id": world.ids.hex("upload", kept.number),
        "name": kept.name,
        "contenttype": kept.content_type,
        "size": str(len(kept.content)),
        "parentid": folder,
        "url": world.url_of(kept),
        "addedtime": str(int(kept.added)),
        "accesskey": kept.accesskey,
    }
