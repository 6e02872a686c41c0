"""What the stages share: a kernel that is started, asked and ended."""

import os
import time

from jupyter_client.manager import KernelManager

KERNEL = os.environ.get("REPL_KIT_KERNEL", "repl-kit")


class Kernel:
    """A kernel of one's own, with a client that is connected."""

    def __init__(self, *arguments, name=KERNEL, **options):
        self.manager = KernelManager(kernel_name=name, **options)
        self.manager.start_kernel(extra_arguments=list(arguments))
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=60)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def begin(self, code, **options):
        options.setdefault("allow_stdin", False)
        return self.client.execute(code, **options)

    def messages(self, request, timeout=60):
        """What a request brings on iopub, up to "idle"."""
        end = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    return
                continue
            yield message

    def reply(self, request, timeout=60):
        end = time.monotonic() + timeout
        while True:
            message = self.client.get_shell_msg(timeout=max(0.01, end - time.monotonic()))
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def run(self, code, timeout=60, **options):
        """A cell's reply and its messages."""
        request = self.begin(code, **options)
        messages = [m for m in self.messages(request, timeout) if m["msg_type"] != "execute_input"]
        return self.reply(request, timeout), messages

    def shown(self, code, timeout=60):
        """What a cell that must succeed prints, displays and results in, as text."""
        reply, messages = self.run(code, timeout)
        assert reply["status"] == "ok", f"{code!r}: {reply}"
        return text(messages)


def text(messages):
    parts = []
    for message in messages:
        if message["msg_type"] == "stream":
            parts.append(message["content"]["text"])
        elif "data" in message["content"] and message["msg_type"] != "comm_msg":
            parts.append(message["content"]["data"].get("text/plain", ""))
    return "".join(parts)
