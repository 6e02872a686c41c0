"""Records messages of jupyter_client with their signatures: messages.json.

Run with a Python that has jupyter_client: python record.py > messages.json
"""

import base64
import datetime
import json

import jupyter_client
from jupyter_client.session import Session

KEY = b"a0436f6c-1916-498b-8eb9-e81ab9368e84"
DATE = datetime.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=datetime.timezone.utc)


def session(scheme):
    result = Session(key=KEY, signature_scheme=scheme, session="recorded-session", username="reference")
    result._pid_checked = True
    return result


def record(name, scheme, message_type, content, parent=None, metadata=None, buffers=()):
    source = session(scheme)
    message = source.msg(message_type, content=content, parent=parent, metadata=metadata)
    message["header"]["date"] = DATE
    message["header"]["msg_id"] = "recorded-" + name
    frames = source.serialize(message, ident=[b"identity\x00\xff"]) + list(buffers)
    return {
        "name": name,
        "scheme": scheme,
        "type": message_type,
        "content": content,
        "frames": [base64.b64encode(frame).decode() for frame in frames],
    }


parent = session("hmac-sha256").msg("execute_request", {"code": "1"})
parent["header"]["date"] = DATE
messages = [
    record("kernel-info", "hmac-sha256", "kernel_info_request", {}),
    record(
        "execute",
        "hmac-sha256",
        "execute_request",
        {
            "code": 'let größe = "λ 🎉 \\u2028 \u2028 \t"\nprint(größe)',
            "silent": False,
            "store_history": True,
            "user_expressions": {"a": "1 + 1"},
            "allow_stdin": True,
            "stop_on_error": False,
        },
        metadata={"cellId": "b3a1", "deletedCells": [], "nested": {"float": 1.0, "large": 2**70, "small": 1e-300}},
    ),
    record("complete", "hmac-sha512", "complete_request", {"code": "print", "cursor_pos": 5}),
    record("input", "hmac-sha256", "input_reply", {"value": "日本語"}, parent=parent),
    record("comm", "hmac-sha256", "comm_msg", {"comm_id": "c", "data": {"x": None}}, buffers=[b"\x00\x01\x02", b""]),
]
print(json.dumps({"jupyter_client": jupyter_client.__version__, "key": KEY.decode(), "messages": messages}, indent=1))
