"""The pruna/vace document's own examples, typed by hand from its text.

An independent witness: nothing here is read from our spec, our parser or our mock. The two
responses that the document prints as invalid JSON (Kill and Cancel) are written down as the JSON
they must have been: `categories` is a string that holds a JSON array.
"""

from typing import Any

JSON = dict[str, Any]

RUN_PATH = "/v1/Run/pruna/vace"

RUN_REQUEST: JSON = {
    "prompt": (
        "A serene and beautiful cinematic scene capturing a majestic deer moving gracefully "
        "through a pristine, quiet, and snow-covered forest during early morning."
    ),
    "inputImage": ["pruna-vace-input-3-1.jpg", "pruna-vace-input-3-2.jpg"],
    "resolution": "480p",
    "ratio": "auto",
    "frameNum": "81",
    "speedMode": "Lightly Juiced 🍊 (more consistent)",
    "sampleSteps": "50",
    "sampleSolver": "unipc",
    "guidanceScale": "5",
    "sampleShift": "16",
    "seed": "1234",
    "callbackUrl": (
        "You can provide a callback URL; Wiro will send a POST request to it "
        "when the task is completed."
    ),
}

RUN_REPLY: JSON = {
    "errors": [],
    "taskid": "2221",
    "socketaccesstoken": "eDcCm5yyUfIvMFspTwww49OUfgXkQt",
    "result": True,
}

DETAIL_BY_ID: JSON = {"taskid": "2221"}
DETAIL_BY_TOKEN: JSON = {"tasktoken": "eDcCm5yyUfIvMFspTwww49OUfgXkQt"}

_OUTPUT: JSON = {
    "id": "6bc392c93856dfce3a7d1b4261e15af3",
    "name": "0.png",
    "contenttype": "image/png",
    "parentid": "6c1833f39da71e6175bf292b18779baf",
    "uuid": "15bce51f-442f-4f44-a71d-13c6374a62bd",
    "size": "202472",
    "addedtime": "1734513812",
    "modifiedtime": "1734513812",
    "accesskey": "dFKlMApaSgMeHKsJyaDeKrefcHahUK",
    "url": (
        "https://cdn1.wiro.ai/6a6af820-c5050aee-40bd7b83-a2e186c6-"
        "7f61f7da-3894e49c-fc0eeb66-9b500fe2/0.png"
    ),
}

_TIMES: JSON = {
    "starttime": "1734513809",
    "endtime": "1734513813",
    "elapsedseconds": "6.0000",
    "createtime": "1734513807",
    "canceltime": "0",
    "assigntime": "1734513807",
    "accepttime": "1734513807",
    "preprocessstarttime": "1734513807",
    "preprocessendtime": "1734513807",
    "postprocessstarttime": "1734513813",
    "postprocessendtime": "1734513814",
}

# No "pexit": the document's Detail example leaves it out and yet shows a finished task with an output.
DETAIL_REPLY: JSON = {
    "total": "1",
    "errors": [],
    "tasklist": [
        {
            "id": "2221",
            "uuid": "15bce51f-442f-4f44-a71d-13c6374a62bd",
            "socketaccesstoken": "eDcCm5yyUfIvMFspTwww49OUfgXkQt",
            "parameters": {},
            "debugoutput": "",
            "debugerror": "",
            "status": "task_postprocess_end",
            **_TIMES,
            "outputs": [_OUTPUT],
            "size": "202472",
        }
    ],
    "result": True,
}

KILL_BY_ID: JSON = {"taskid": "534574"}
KILL_BY_TOKEN: JSON = {"socketaccesstoken": "ZpYote30on42O4jjHXNiKmrWAZqbRE"}
CANCEL_BY_ID: JSON = {"taskid": "634574"}


def _stopped(task_id: str) -> JSON:
    """The reply to Kill and to Cancel: the same text in the document but for the id."""
    return {
        "errors": [],
        "tasklist": [
            {
                "id": task_id,
                "uuid": "15bce51f-442f-4f44-a71d-13c6374a62bd",
                "name": "",
                "socketaccesstoken": "ZpYote30on42O4jjHXNiKmrWAZqbRE",
                "parameters": {
                    "inputImage": (
                        "https://api.wiro.ai/v1/File/mCmUXgZLG1FNjjjwmbtPFr2LVJA112/"
                        "inputImage-6060136.png"
                    )
                },
                "debugoutput": "",
                "debugerror": "",
                "status": "task_cancel",
                **_TIMES,
                "cps": "0.000585000000",
                "totalcost": "0.003510000000",
                "guestid": None,
                "projectid": "699",
                "modelid": "598",
                "description": "",
                "basemodelid": "0",
                "runtype": "model",
                "modelfolderid": "",
                "modelfileid": "",
                "callbackurl": "",
                "marketplaceid": None,
                "pexit": "0",
                "categories": '["tool","image-to-image","quick-showcase","compare-landscape"]',
                "outputs": [
                    {
                        **_OUTPUT,
                        "foldercount": "0",
                        "filecount": "0",
                        "ispublic": 0,
                        "expiretime": None,
                    }
                ],
                "size": "202472",
            }
        ],
        "result": True,
    }


KILL_REPLY: JSON = _stopped("534574")
CANCEL_REPLY: JSON = _stopped("634574")

COMPLETED_STATUSES = ["task_postprocess_end", "task_cancel"]
RUNNING_STATUSES = [
    "task_queue",
    "task_accept",
    "task_assign",
    "task_preprocess_start",
    "task_preprocess_end",
    "task_start",
    "task_output",
]
