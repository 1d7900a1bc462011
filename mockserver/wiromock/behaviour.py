"""What the mock simulates, and how anybody knows that the platform behaves like that.

One row a behaviour. `python -m wiromock.behaviour` prints `docs/simulated-behaviour.md`; a test holds the
page to this table, and every row to its proof.
"""

import sys
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Evidence: TypeAlias = Literal["document", "vendor source", "disputed", "unknown"]
"""`document`: a document of the platform states it. `vendor source`: official code does or expects it.
`disputed`: sources contradict each other. `unknown`: no source says anything; the mock had to choose."""

MEANING: Final[dict[Evidence, str]] = {
    "document": "a document of the platform states it",
    "vendor source": "the platform's own code does or expects it",
    "disputed": "sources contradict each other; the mock accepts what any of them does and says so in its journal",
    "unknown": "no source says anything; the mock had to choose",
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour."""

    area: str
    what: str
    """What the mock does."""
    evidence: Evidence
    source: str
    """Who says so; for a dispute, who says what; for the unknown, what was looked through."""
    proof: str
    """The test that holds the mock to it."""


_VACE = "the pruna/vace document"
_REFERENCE = "the published error reference"
_TASKS = "the published tasks page"
_SOCKET = "the published websocket page"
_NEWER = "a later revision of the published documentation"
_KITS = "the official Swift, Kotlin and React Native kits"
_SILENT = "documents, official clients and kits; none mentions it"

BEHAVIOURS: Final[tuple[Behaviour, ...]] = (
    Behaviour(
        "Authentication",
        "A key alone, or key, nonce and signature: lower-case hex of HMAC-SHA256 with the key as key and secret + nonce as message",
        "document",
        f"{_VACE}, Integration Header Prepare",
        "test_mock_auth",
    ),
    Behaviour(
        "Authentication",
        "A wrong or missing key or signature is 401 with the documented text",
        "document",
        _REFERENCE,
        "test_mock_auth",
    ),
    Behaviour(
        "Authentication",
        "A signature with the prefix that openssl prints is refused",
        "disputed",
        f"{_VACE}: its shell lines, taken literally, send the prefix; {_KITS} send bare hex",
        "test_mock_auth",
    ),
    Behaviour(
        "Authentication",
        "A nonce is any whole number, in whatever unit, and may come again; `reject_replays` refuses that",
        "disputed",
        f"{_VACE}: seconds; {_KITS}: milliseconds; the documentation claims protection against replays and states no rule",
        "test_a_nonce_may_come_twice_unless_told_otherwise",
    ),
    Behaviour(
        "Envelope",
        "Status 200 and `result: false` with code and message for everything but authentication (401) and unknown paths (404)",
        "disputed",
        f"{_REFERENCE}: so; the introduction and the OpenAPI documents: also 400, 403, 429, 500; `Refused(status=…)` plays those",
        "test_codes_have_the_documented_texts",
    ),
    Behaviour(
        "Envelope",
        "Fields stand at the top level of a reply, not below `data`",
        "disputed",
        f"{_VACE} and {_KITS}: so; samples of the introduction: below `data`",
        "test_run_answers_exactly_the_documented_fields",
    ),
    Behaviour(
        "Run",
        "Answers `taskid` and `socketaccesstoken`, both text",
        "document",
        f"{_VACE}, Run Command - Response",
        "test_run_answers_exactly_the_documented_fields",
    ),
    Behaviour(
        "Run",
        "Takes JSON, true multipart and urlencoded bodies",
        "vendor source",
        "the n8n nodes and the official MCP server send the first two; the OpenAPI documents list them",
        "test_mock_files",
    ),
    Behaviour(
        "Run",
        "Takes JSON under a multipart header without a boundary",
        "disputed",
        f"{_VACE}: its curl lines do so; every real client sends proper JSON or multipart",
        "test_the_documented_oddities_are_accepted_and_journaled",
    ),
    Behaviour(
        "Run",
        "Takes clean slugs, and raw ones with capitals, dots and spaces",
        "disputed",
        "the n8n nodes send raw slugs; the official MCP server and newer pages clean ones",
        "test_a_raw_slug_finds_the_model",
    ),
    Behaviour(
        "Run",
        "Required parameters, types, ranges, options and unknown names are checked against the spec",
        "unknown",
        "the error reference has the texts; nobody states how much is enforced. A typo that the platform ignores costs money, so the mock refuses it",
        "test_mock_validation",
    ),
    Behaviour(
        "Run",
        "Numbers may travel as JSON numbers or as text",
        "disputed",
        f"{_VACE}: text; {_KITS}: numbers",
        "test_mock_validation",
    ),
    Behaviour(
        "Run",
        "A combinefileinput takes an array of URLs; one URL as text is accepted too",
        "disputed",
        f"{_VACE}: an array; another document's example: a text",
        "test_what_is_disputed_is_journaled_or_refused",
    ),
    Behaviour(
        "Run",
        "`callbackUrl` may be a sentence",
        "disputed",
        f"{_VACE}: its curl sends one; {_KITS} demand a URL",
        "test_the_documented_oddities_are_accepted_and_journaled",
    ),
    Behaviour(
        "Run",
        "Needs 0.50 USD; else code 97",
        "document",
        "the published pricing page; the text from the error reference",
        "test_mock_ledger",
    ),
    Behaviour(
        "Run",
        "At most a tenth of the balance in tasks at once, one at least, no limit above 250 USD; else code 96",
        "document",
        "the published concurrency page; the text from the error reference",
        "test_mock_ledger",
    ),
    Behaviour(
        "Run",
        "`/sync` answers as Task/Detail when the task is over; 504 with both names after 40 minutes",
        "document",
        _NEWER,
        "test_after_forty_minutes_it_gives_up_and_the_task_goes_on",
    ),
    Behaviour(
        "Run",
        "`/sync` streams `start`, `task_output`, `done` and comments when asked to",
        "document",
        _NEWER,
        "test_as_a_stream",
    ),
    Behaviour(
        "Run",
        "A comment keeps a silent stream alive every 15 seconds",
        "unknown",
        f"{_NEWER} shows the comment and no interval",
        "test_as_a_stream",
    ),
    Behaviour(
        "Lifecycle",
        "The stages come in the order queue, accept, preprocess, assign, start, output, end, postprocess",
        "disputed",
        f"{_SOCKET} and the times of the OpenAPI documents' example: so; {_VACE} lists assign before preprocessing",
        "test_a_task_shows_every_stage_in_the_documented_order",
    ),
    Behaviour(
        "Lifecycle",
        "How long each stage takes",
        "unknown",
        f"{_SILENT}; scenarios choose",
        "test_a_held_task_waits_for_its_release_and_then_takes_its_usual_time",
    ),
    Behaviour(
        "Lifecycle",
        "A task that failed ends in task_postprocess_end with another `pexit` than 0",
        "disputed",
        f"{_VACE}: that status means success; {_TASKS} and {_KITS}: either, see `pexit`",
        "test_a_failing_task_walks_the_same_way_and_complains_on_stderr",
    ),
    Behaviour(
        "Lifecycle",
        "`pexit` is there at the end and null before; it can be left out",
        "disputed",
        f"{_VACE}: its Detail example has none; the OpenAPI documents and {_KITS} have it",
        "test_the_exit_code_can_be_left_out_as_the_document_does",
    ),
    Behaviour(
        "Lifecycle",
        "task_error in Detail is not the end: the task goes back to the queue, or stays",
        "disputed",
        f"the official MCP server 1.2.1: the end; {_NEWER}: waits to be requeued",
        "test_a_requeued_task_shows_task_error_and_then_succeeds",
    ),
    Behaviour(
        "Lifecycle",
        "`elapsedseconds` runs from accept to the end of the process",
        "vendor source",
        "both numeric examples of the published documents agree with it",
        "test_elapsed_runs_from_accept_to_end_and_the_cost_is_cps_times_elapsed",
    ),
    Behaviour(
        "Lifecycle",
        "The platform itself may cancel a task",
        "unknown",
        f"{_SILENT}; `Cancelled` plays it",
        "test_the_platform_may_cancel",
    ),
    Behaviour(
        "Commands",
        "Cancel works in the queue only, Kill from assign to output",
        "document",
        f"{_TASKS}; {_VACE}: Cancel is for tasks on queue",
        "test_commands_work_where_documented_and_change_nothing_elsewhere",
    ),
    Behaviour(
        "Commands",
        "Neither works between accept and assign, nor from task_end on",
        "unknown",
        _SILENT,
        "test_what_no_source_describes_is_refused_and_journaled",
    ),
    Behaviour(
        "Commands",
        "Cancel and Kill take `taskid`, `tasktoken` and `socketaccesstoken`",
        "disputed",
        f"{_VACE} and {_KITS}: taskid, and socketaccesstoken for Kill; older pages: tasktoken",
        "test_every_spelling_of_any_source_finds_the_task",
    ),
    Behaviour(
        "Commands",
        "Their replies carry the documented fields, `categories` as JSON in a text",
        "document",
        f"{_VACE}, Kill Task - Response",
        "test_kill_and_cancel_answer_exactly_the_documented_fields",
    ),
    Behaviour(
        "Commands",
        "`pexit` of a cancelled task is an empty text",
        "unknown",
        _SILENT,
        "test_a_cancelled_task_cannot_be_stopped_again",
    ),
    Behaviour(
        "Commands",
        "InputOutputDelete works when the task is over, and as often as one likes; record and parameters stay",
        "document",
        _TASKS,
        "test_files_can_be_deleted_when_it_is_over_and_again",
    ),
    Behaviour(
        "Commands",
        "A race may be lost: a Cancel that comes too late, a Kill that changes nothing",
        "vendor source",
        "live tests of the official Kotlin kit meet the first; `Race` plays both",
        "test_a_race_may_be_lost",
    ),
    Behaviour(
        "Detail",
        "Answers the fields of the document's example and of the OpenAPI documents",
        "document",
        f"{_VACE}, Get Task Detail - Response",
        "test_detail_has_every_documented_field_with_its_type",
    ),
    Behaviour(
        "Detail",
        "An unknown task is code 1, There is no task yet.",
        "disputed",
        f"{_REFERENCE}: so; a test script of the platform expects task-not-founded",
        "test_a_task_that_does_not_exist",
    ),
    Behaviour(
        "Detail",
        "List gives a page of tasks, newest first; start and limit are text, at most 100",
        "vendor source",
        "the official MCP server",
        "test_tasks_are_listed_newest_first_in_pages",
    ),
    Behaviour(
        "Detail",
        "List filters by `modelName`: owner/model, or the model alone",
        "unknown",
        "the official MCP server sends the field; nobody states what it matches",
        "test_tasks_are_listed_newest_first_in_pages",
    ),
    Behaviour(
        "Money",
        "Only exit code 0 is billed: `cps` times elapsed seconds, twelve decimals",
        "document",
        "the published pricing page and the example of the OpenAPI documents",
        "test_elapsed_runs_from_accept_to_end_and_the_cost_is_cps_times_elapsed",
    ),
    Behaviour(
        "Money",
        "Failures, cancellations and time in the queue are free",
        "document",
        "the published pricing page",
        "test_a_failure_is_free",
    ),
    Behaviour(
        "Money",
        "A realtime session is billed by the turn",
        "document",
        "the published realtime pages show turnCost and cumulativeCost",
        "test_the_session_ends_when_the_caller_says_so_and_is_billed_by_the_turn",
    ),
    Behaviour(
        "Socket",
        "A socket registers with task_info and the task's token, without credentials",
        "document",
        _SOCKET,
        "test_the_older_form_names_the_task_and_its_token",
    ),
    Behaviour(
        "Socket",
        "Messages carry type, id, tasktoken, message, result; or, newer, success, terminal and exitCode without the token",
        "disputed",
        f"{_SOCKET} of April 2026 against {_NEWER}; `Signals(dialect=…)` chooses",
        "test_the_newer_form_has_no_token_and_says_how_it_ended",
    ),
    Behaviour(
        "Socket",
        "Progress comes as an object, as JSON in a text, or as plain text",
        "disputed",
        f"{_SOCKET}, its samples, and {_KITS}",
        "test_progress_in_each_documented_shape",
    ),
    Behaviour(
        "Socket",
        "What an LLM says is cumulative: in raw, thinking and answer, or in segments",
        "disputed",
        f"{_SOCKET} against {_NEWER}; the page on chat models has a third form",
        "test_the_older_form_is_cumulative_and_thinks_before_it_speaks",
    ),
    Behaviour(
        "Socket",
        "Lines on stderr are task_error and end nothing",
        "document",
        _SOCKET,
        "test_stderr_comes_in_lines_and_then_in_full",
    ),
    Behaviour(
        "Socket",
        "It goes on after task_end, until task_postprocess_end or task_cancel",
        "disputed",
        f"the text of {_SOCKET}: so; its samples close at task_end",
        "test_every_stage_comes_in_order_and_nothing_after_the_end",
    ),
    Behaviour(
        "Socket",
        "Who registers late is told everything so far; `Signals(replay=False)` does not",
        "unknown",
        _SILENT,
        "test_a_late_registration_is_told_everything_unless_told_otherwise",
    ),
    Behaviour(
        "Socket",
        "The platform closes with code 1000 after the end; `Signals(stays_open=True)` does not",
        "unknown",
        _SILENT,
        "test_a_connection_can_break_and_the_next_one_stays",
    ),
    Behaviour(
        "Socket",
        "An unknown token closes the socket with code 1008",
        "unknown",
        _SILENT,
        "test_an_unknown_token_is_refused_and_disputed",
    ),
    Behaviour(
        "Socket",
        "Sound is token, a vertical bar, PCM of 16 bits, 24 kHz, mono, in chunks of 200 ms",
        "document",
        "the published realtime pages",
        "test_a_voice_session_takes_a_turn_after_enough_sound",
    ),
    Behaviour(
        "Socket",
        "The model takes its turn after a second of sound, whatever is in it",
        "unknown",
        "the real service hears speech; the mock measures its length",
        "test_a_voice_session_takes_a_turn_after_enough_sound",
    ),
    Behaviour(
        "Socket",
        "task_session_interrupt ends the speech, task_session_end and hanging up the session",
        "document",
        "the published realtime pages",
        "test_hanging_up_ends_the_session",
    ),
    Behaviour(
        "Socket",
        "An exhausted session ends with its last task_cost and task_end",
        "document",
        "the published realtime pages; `Talks(ends_after=…)` plays it",
        "test_an_exhausted_session_ends_with_its_last_cost",
    ),
    Behaviour(
        "Webhook",
        "One POST when the task is over, with a tasklist or with the bare task",
        "unknown",
        "the documents promise the POST and show no body; a client of a third party accepts both",
        "test_one_post_when_it_is_over",
    ),
    Behaviour(
        "Files",
        "Upload takes the listed types up to 100 MB and answers `list` with the URL",
        "document",
        "the published files page",
        "test_mock_files",
    ),
    Behaviour(
        "Files",
        "Upload works with an API key alone",
        "disputed",
        "the published files page and live tests of the Kotlin kit: so; a script of the Dart kit reports invalid-parameters",
        "test_mock_files",
    ),
    Behaviour(
        "Files",
        "What a refused upload is told",
        "unknown",
        "only the text invalid-parameters is known",
        "test_mock_files",
    ),
    Behaviour(
        "Files",
        "FolderCreate takes letters, digits, - and _",
        "document",
        "the published files page",
        "test_a_folder_and_a_file_in_it",
    ),
    Behaviour(
        "Files",
        "Outputs are public, with ranges, as long as the mock lives",
        "disputed",
        "the document shows public URLs; for how long and whether in ranges is not stated",
        "test_part_of_a_file",
    ),
    Behaviour(
        "Models",
        "Tool/List, Detail and Explore answer from the specs; `total` of List is a number",
        "disputed",
        "the published models page: a number; the official MCP server takes a text too",
        "test_they_can_be_listed_searched_and_looked_at",
    ),
    Behaviour(
        "Models",
        "DetailOpenAPI answers a bare list, one document for each way to authenticate",
        "vendor source",
        "the form is that of the platform's own files, one a model; that a bare list carries them shows in a client of a third party",
        "test_each_has_an_openapi_document_for_each_way_to_authenticate",
    ),
)
"""Every behaviour."""

NOT_SIMULATED: Final = (
    "agents, skills, teams, wallets and coupons, which have the same envelope and are not covered here",
    "the OpenAI-compatible gateway, which is another protocol",
    "what models make: outputs are real files that show model, prompt and seed, and nothing else",
    "speech: sound is measured, not understood",
    "rate limits by requests a minute, of which no numbers are known; `HttpFault(429)` plays one",
    "the lifetime of output URLs",
)


def render() -> str:
    """Write the page."""
    lines = [
        "# What the mock simulates, and how we know",
        "",
        "Generated from the table in `mockserver/wiromock/behaviour.py` by `python -m wiromock.behaviour`.",
        "Nobody behind this project can reach the service, so nothing here was proven on it.",
        "",
        "| evidence | means | rows |",
        "|---|---|---|",
        *(
            f"| {evidence} | {meaning} | {sum(one.evidence == evidence for one in BEHAVIOURS)} |"
            for evidence, meaning in MEANING.items()
        ),
    ]
    for area in dict.fromkeys(one.area for one in BEHAVIOURS):
        lines += [
            "",
            f"## {area}",
            "",
            "| behaviour | evidence | source | test |",
            "|---|---|---|---|",
        ]
        lines += (
            f"| {one.what} | {one.evidence} | {one.source} | `{one.proof}` |"
            for one in BEHAVIOURS
            if one.area == area
        )
    lines += ["", "## Not simulated", "", *(f"- {one}" for one in NOT_SIMULATED), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(render())
