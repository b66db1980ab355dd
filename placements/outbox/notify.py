"""GOV.UK Notify as a way out, by its own client.

Notify keeps the words of a message as a template of its own. Two are enough: one for email with
the fields ((subject)) and ((body)), one for texts with ((body)). The key of a message is its
reference there. A message that may have been taken before is looked up by it first, so that an
answer that was lost on the way never becomes a second delivery.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from placements import clock
from placements.outbox.letters import Letter, NotSent
from placements.settings import Notify

# Its client writes what Notify answered to the log; that may name somebody.
logging.getLogger("notifications_python_client").setLevel(logging.ERROR)
TIMEOUT_SECONDS = 5
REFUSED, NO_ENTRY, TOO_MANY = 400, 403, 429
LONGEST_WAIT = timedelta(hours=24)
FAILED = ("permanent-failure", "temporary-failure", "technical-failure")
# What Notify says of a recipient, and what staff read. Its own words are never kept: they may
# repeat what was sent.
RECIPIENT = {
    "text": "The phone number is not one that a text can be sent to. Correct it, then retry.",
    "email": "The email address is not one that mail can be sent to. Correct it, then retry.",
}
TEAM_ONLY = "The key of GOV.UK Notify may write to its own team only. Use a live key, then retry."
TOO_LONG = "The message is too long for GOV.UK Notify."
NOT_OURS = "GOV.UK Notify refused the message ({})."


class NotifyWay:
    """GOV.UK Notify with an open connection."""

    def __init__(self, facts: Notify) -> None:
        self._facts = facts
        self._client = NotificationsAPIClient(facts.key, facts.base_url, TIMEOUT_SECONDS)

    def send(self, letter: Letter) -> None:
        """Hand the letter over, unless Notify has it already."""
        if letter.is_again and self._has(letter):
            return
        send, address, personal = (
            (self._client.send_email_notification, "email_address", {"subject": letter.subject})
            if letter.channel == "email"
            else (self._client.send_sms_notification, "phone_number", {})
        )
        self._ask(
            letter.channel,
            send,
            **{address: letter.address},
            template_id=self._facts.find_template(letter.channel),
            personalisation={**personal, "body": letter.body},
            reference=letter.key,
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.request_session.close()

    def _has(self, letter: Letter) -> bool:
        """Say whether Notify took a message with this key and has not failed to deliver it."""
        found = self._ask(letter.channel, self._client.get_all_notifications, reference=letter.key)
        return any(one["status"] not in FAILED for one in found["notifications"])

    def _ask(self, channel: str, ask: Callable[..., Any], **given: Any) -> Any:
        try:
            return ask(**given)
        except APIError as fault:
            raise _not_sent(fault, channel) from fault


def _not_sent(fault: APIError, channel: str) -> NotSent:
    """Say what a fault means: for this message, or for everything that goes this way."""
    code = fault.status_code
    if fault.response is None:
        return NotSent("GOV.UK Notify did not answer in time.")
    if code == TOO_MANY:
        wait = _wanted_wait(fault.response.headers.get("Retry-After", ""))
        return NotSent("GOV.UK Notify takes no more for now.", for_all=True, wait=wait)
    if code == NO_ENTRY:
        return NotSent("GOV.UK Notify does not accept NOTIFY_API_KEY.", for_all=True)
    if code == REFUSED:
        return _refused(str(fault.message).lower(), channel)
    if REFUSED < code < 500:
        return NotSent(NOT_OURS.format(code), for_good=True)
    return NotSent(f"GOV.UK Notify has a fault of its own ({code}).")


def _refused(said: str, channel: str) -> NotSent:
    if "team-only" in said or "trial mode" in said:
        return NotSent(TEAM_ONLY, for_good=True)
    if "template" in said or "personalisation" in said:
        name = f"NOTIFY_{channel.upper()}_TEMPLATE"
        return NotSent(f"GOV.UK Notify cannot use the template of {name}.", for_all=True)
    if "phone_number" in said or "email_address" in said or "phone number" in said:
        return NotSent(RECIPIENT[channel], for_good=True)
    if "character" in said or "too long" in said:
        return NotSent(TOO_LONG, for_good=True)
    return NotSent(NOT_OURS.format(REFUSED), for_good=True)


def _wanted_wait(header: str) -> timedelta | None:
    """Read Retry-After, in seconds or as a date; None if it says nothing that can be used."""
    if header.isdigit():
        return min(timedelta(seconds=int(header)), LONGEST_WAIT)
    try:
        until: datetime = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(aware - clock.now(), timedelta(0)), LONGEST_WAIT)
