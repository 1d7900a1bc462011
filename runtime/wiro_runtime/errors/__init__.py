"""Everything that can go wrong, split by who has to act.

    WiroError
    ├── UsageError                    the caller: mend the call; nothing was sent
    │   ├── ConfigurationError          a setting is missing or malformed
    │   ├── InvalidRequest              arguments do not fit the model (also a ValueError)
    │   ├── KeyConflict                 the key of a run stands for another request already
    │   └── SpendingRefused             the caller's own limit on money
    │       ├── BudgetExceeded            a budget has no room for the run
    │       ├── MaxCostExceeded           the run may cost more than `max_cost`
    │       └── PriceUnknown              nobody can say what it costs at most
    ├── NetworkError                  the network
    │   ├── ConnectionFailed            proven never sent: safe to send again
    │   ├── ConnectionLost              a read got no answer in several attempts
    │   ├── SubmissionUnknown           Run was sent and its answer was lost: never re-sent for you
    │   ├── NotStarted                  its answer was lost, and looking proved that nothing was started
    │   ├── UploadFailed                a file did not arrive; no task was started
    │   └── DownloadFailed              an output could not be saved whole
    ├── PlatformError                 the platform answered, and not with what was asked for
    │   ├── Refused                     it said no, in words we have no class for
    │   │   ├── AuthenticationFailed      key, secret, signature or IP address
    │   │   ├── SignInRequired            code 98
    │   │   ├── PermissionDenied          suspended account, team rule, somebody else's task
    │   │   ├── InsufficientBalance       code 97
    │   │   ├── ConcurrencyLimit          code 96: as many tasks as the balance allows are running
    │   │   ├── RateLimited               HTTP 429
    │   │   ├── ParameterRefused          the platform does not take a parameter's value
    │   │   ├── NotFound                  ModelNotFound, TaskNotFound
    │   │   └── NotCancellable            the task is not in a state that can be stopped
    │   ├── ServerError                 HTTP 408 and 5xx
    │   └── UnexpectedReply             not JSON, not the envelope, or without what was asked for
    ├── TaskError                     the task itself
    │   ├── TaskFailed                  it ended without success; `debug_error` has its last words
    │   ├── TaskCancelled               it was cancelled or killed
    │   └── TaskNotFinished             its result was asked for too early
    ├── JournalFailed                 the journal could not be read or written
    └── DeadlineExceeded              the caller's own time limit passed (also a TimeoutError)

Every one answers `.task` (what is known of the task, or None), `.billed` (True, False, or None for
"nobody can know yet") and `.safe_to_resubmit`. Facts are attributes; the text is for people. No
exception of the HTTP library leaves the client, and no key, secret, token or signature is in a text.
"""

from wiro_runtime.errors.network_error import (
    ConnectionFailed,
    ConnectionLost,
    DownloadFailed,
    NetworkError,
    NotStarted,
    SubmissionUnknown,
    UploadFailed,
)
from wiro_runtime.errors.platform_error import (
    AuthenticationFailed,
    ConcurrencyLimit,
    InsufficientBalance,
    ModelNotFound,
    NotCancellable,
    NotFound,
    ParameterRefused,
    PermissionDenied,
    PlatformError,
    RateLimited,
    Refused,
    ServerError,
    SignInRequired,
    TaskNotFound,
    UnexpectedReply,
)
from wiro_runtime.errors.task_error import (
    TaskCancelled,
    TaskError,
    TaskFailed,
    TaskNotFinished,
)
from wiro_runtime.errors.usage_error import (
    BudgetExceeded,
    ConfigurationError,
    InvalidRequest,
    KeyConflict,
    MaxCostExceeded,
    PriceUnknown,
    Problem,
    SpendingRefused,
    UsageError,
)
from wiro_runtime.errors.wiro_error import (
    DeadlineExceeded,
    JournalFailed,
    WiroError,
)

__all__ = [
    "AuthenticationFailed",
    "BudgetExceeded",
    "ConcurrencyLimit",
    "ConfigurationError",
    "ConnectionFailed",
    "ConnectionLost",
    "DeadlineExceeded",
    "DownloadFailed",
    "InsufficientBalance",
    "InvalidRequest",
    "JournalFailed",
    "KeyConflict",
    "MaxCostExceeded",
    "ModelNotFound",
    "NetworkError",
    "NotCancellable",
    "NotFound",
    "NotStarted",
    "ParameterRefused",
    "PermissionDenied",
    "PlatformError",
    "PriceUnknown",
    "Problem",
    "RateLimited",
    "Refused",
    "ServerError",
    "SignInRequired",
    "SpendingRefused",
    "SubmissionUnknown",
    "TaskCancelled",
    "TaskError",
    "TaskFailed",
    "TaskNotFinished",
    "TaskNotFound",
    "UnexpectedReply",
    "UploadFailed",
    "UsageError",
    "WiroError",
]

for _name in __all__:
    # Where people import it from is what a traceback and a pickle say.
    globals()[_name].__module__ = __name__
