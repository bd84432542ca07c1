"""Anymail's backends with an idempotency key, for the providers that take one.

Anymail has no setting for it. A call that is repeated with the same key within the provider's time
is answered as before, and nothing is sent twice. Resend: header `Idempotency-Key`, 24 hours, also
for batches. SparkPost: the same. Brevo: `idempotencyKey` among the message's headers, 30 minutes.
"""

from typing import Any

from anymail.backends import brevo, resend, sparkpost

from .batches import fill


class ResendPayload(resend.ResendPayload):
    """A batch of finished mails: Resend fills in nothing, so each reader's values are put in."""

    merge_data: dict[str, dict[str, str]]

    def set_merge_data(self, merge_data: dict[str, dict[str, str]]) -> None:
        self.merge_data = merge_data

    def get_request_params(self, api_url: str) -> dict[str, Any]:
        params = super().get_request_params(api_url)
        params["headers"] = {**params["headers"], "Idempotency-Key": self.message.idempotency_key}
        return params

    def serialize_json(self, data: Any) -> Any:
        # It is also asked for single headers; a list of tags is one.
        if isinstance(data, list) and isinstance(data[0], dict):
            for mail, to in zip(data, self.to_recipients, strict=True):
                values = self.merge_data.get(to.addr_spec, {})
                mail["subject"] = fill(mail["subject"], values)
                mail["text"] = fill(mail["text"], values)
                mail["html"] = fill(mail["html"], values, is_html=True)
        return super().serialize_json(data)


class ResendBackend(resend.EmailBackend):
    def build_message_payload(self, message: Any, defaults: Any) -> ResendPayload:
        return ResendPayload(message, defaults, self)


class SparkPostPayload(sparkpost.SparkPostPayload):
    def get_request_params(self, api_url: str) -> dict[str, Any]:
        params = super().get_request_params(api_url)
        params["headers"] = {**params["headers"], "Idempotency-Key": self.message.idempotency_key}
        return params


class SparkPostBackend(sparkpost.EmailBackend):
    def build_message_payload(self, message: Any, defaults: Any) -> SparkPostPayload:
        return SparkPostPayload(message, defaults, self)


class BrevoBackend(brevo.EmailBackend):
    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        message.extra_headers = {
            **message.extra_headers,
            "idempotencyKey": message.idempotency_key,
        }
        return super().build_message_payload(message, defaults)
