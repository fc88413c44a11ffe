"""What Slack's refusals mean for a message: try again, or not, and why."""

import aiohttp

from bot.chat.port import DeliveryError, Failure

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)  # it has not even been asked
DROPPED = (aiohttp.ClientError, ConnectionError, TimeoutError)
REVOKED = frozenset(("account_inactive", "token_revoked"))
# The token may be good all the same: Slack says so, too, to an address that the app's settings do not allow.
DOUBTED = frozenset(("invalid_auth", "not_authed", "token_expired", "team_access_not_granted", "accesslimited"))
# What is wrong with a token itself, as far as Slack says.
UNTAKEN = REVOKED | DOUBTED | {"not_allowed_token_type", "missing_scope"}
HALF_DONE = frozenset(("fatal_error", "internal_error"))  # "some aspect of the operation" may have succeeded
BUSY = HALF_DONE | {"ratelimited", "rate_limited", "service_unavailable", "request_timeout"}
REFUSED_WHOLE = (429, 503)  # of these pages alone it is sure that nothing was done
TOO_LATE = frozenset(("expired_trigger_id", "trigger_expired", "invalid_trigger_id"))
DONE_BEFORE = "exchanged_trigger_id"  # the modal is open: only Slack's word that it is was lost, or it was asked twice
# The errors of chat.postMessage, chat.update and conversations.open: https://docs.slack.dev/reference/methods
_MEANING = {
    Failure.TRANSIENT: (
        "message_limit_exceeded", "update_failed", "team_added_to_org", "org_login_required", *BUSY, *DOUBTED,
    ),
    Failure.FORBIDDEN: (
        "not_in_channel", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked", "thread_not_found", "invalid_thread_ts", "cannot_reply_to_message",
        "missing_scope", "no_permission", "access_denied", "ekm_access_denied",
        "method_not_supported_for_channel_type", "is_archived", "channel_not_found", "not_allowed_token_type",
        "messages_tab_disabled", *REVOKED,
    ),
    Failure.GONE: (
        "message_not_found",
        "is_inactive", "cant_update_message", "edit_window_closed", "channel_is_archived",
    ),
    Failure.CLOSED: (
        "user_not_found", "user_disabled", "users_not_found", "user_not_visible", "cannot_dm_bot", "team_not_found",
    ),
}  # fmt: skip
_BY_ERROR = {error: failure for failure, errors in _MEANING.items() for error in errors}


class RefusedError(Exception):
    """Slack answered with an error; `error` is its own name for it, `retry_after` the seconds to wait.

    `foreign`: what came is not Slack's word, but a page of something between.
    """

    def __init__(
        self,
        error: str,
        status: int = 200,
        retry_after: float | None = None,
        needed: str = "",
        *,
        foreign: bool = False,
    ) -> None:
        super().__init__(f"{error} ({status})")
        self.error = error
        self.status = status
        self.retry_after = retry_after
        self.needed = needed
        self.foreign = foreign

    @property
    def busy(self) -> bool:
        """Whether the same may be taken a moment later."""
        return self.foreign or self.status == 429 or self.status >= 500 or self.error in BUSY


class NotInstalledError(Exception):
    """There is no token for a workspace: the bot was removed from it."""


def meaning(error: Exception, *, once: bool = False) -> DeliveryError:
    """The refusal as the core understands it; names no content. `once`: asking again would do it twice."""
    if isinstance(error, NotInstalledError):
        return DeliveryError(Failure.FORBIDDEN, "no token for this workspace")
    if not isinstance(error, RefusedError):
        unclear = once and not isinstance(error, NOT_SENT)
        return DeliveryError(Failure.UNCLEAR if unclear else Failure.TRANSIENT, type(error).__name__)
    said = f"Slack says {error.error}"
    whole = error.status in REFUSED_WHOLE
    if once and not whole and (error.foreign or error.error in HALF_DONE or error.status >= 500):
        return DeliveryError(Failure.UNCLEAR, said)
    if error.busy:
        return DeliveryError(Failure.TRANSIENT, said, error.retry_after)
    return DeliveryError(_BY_ERROR.get(error.error, Failure.INVALID), said, error.retry_after)
