"""Messages that no front end should send: the kernel drops or refuses them, and the session is what it was.

    fuzz.py [--rounds 10000] [--seed N]
"""

import argparse
import json
import random
import sys
import time

import zmq

from kernels import Kernel

TYPES = [
    "execute_request", "complete_request", "inspect_request", "history_request", "is_complete_request", "comm_open", "comm_msg",
    "comm_close", "comm_info_request", "kernel_info_request", "connect_request", "interrupt_request", "create_subshell_request",
    "debug_request", "input_reply", "no_such_request", "", "execute_reply",
]
VALUES = [
    None, True, False, 0, -1, 1 << 70, -(1 << 63), 1e308, 0.5, "", "x", "\0", "é🎉" * 50, "a" * 100_000, [], [[]], {}, {"a": {"b": []}},
    ["text"] * 100, "../../etc/passwd", "\ud800",
]
FIELDS = {
    "execute_request": ["silent", "store_history", "user_expressions", "allow_stdin", "stop_on_error", "code"],
    "complete_request": ["code", "cursor_pos"], "inspect_request": ["code", "cursor_pos", "detail_level"],
    "history_request": ["hist_access_type", "n", "session", "start", "stop", "pattern", "unique", "output", "raw"],
    "is_complete_request": ["code"], "comm_open": ["comm_id", "target_name", "data"], "comm_msg": ["comm_id", "data"],
    "comm_close": ["comm_id", "data"], "comm_info_request": ["target_name"], "input_reply": ["value", "status"],
}


class Fuzz:
    def __init__(self, kernel, seed):
        self.kernel, self.random = kernel, random.Random(seed)
        self.session = kernel.client.session
        self.sockets = {}
        self.context = zmq.Context.instance()
        for channel in ("shell", "control", "stdin"):
            self.connect(channel)

    def connect(self, channel):
        if channel in self.sockets:
            self.sockets[channel].close(linger=0)
        info = self.kernel.manager.get_connection_info()
        socket = self.context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDTIMEO, 5000)
        socket.connect(f"tcp://{info['ip']}:{info[channel + '_port']}")
        self.sockets[channel] = socket

    def value(self):
        return self.random.choice(VALUES)

    def bytes(self, limit=200):
        return self.random.randbytes(self.random.randrange(limit))

    def message(self):
        """A message that is signed, most of whose parts may be anything."""
        kind = self.random.choice(TYPES)
        header = self.session.msg_header(kind)
        header["date"] = "2026-01-01T00:00:00Z"
        parent, metadata = {}, {}
        content = {field: self.value() for field in FIELDS.get(kind, []) if self.random.random() < 0.8}
        if kind == "execute_request":
            # Code that is code does no harm; what is not a text must be refused.
            content["code"] = self.random.choice([None, 7, [], {}, "", " ", "let = 3", "}", "%nonsense", "kept", "\ud800", "\0"])
        for part in (header, parent, metadata, content):
            if self.random.random() < 0.15:
                part[self.random.choice(["msg_id", "msg_type", "session", "username", "version", "x", "date"])] = self.value()
        parts = [json.dumps(part).encode() for part in (header, parent, metadata, content)]
        # A kind of request that would end the kernel rightly is not drawn by the values.
        damage = self.random.random()
        if damage < 0.1:
            parts[self.random.randrange(4)] = self.bytes()
        elif damage < 0.2:
            part = self.random.randrange(4)
            parts[part] = parts[part][: self.random.randrange(len(parts[part]) + 1)]
        elif damage < 0.25:
            parts[self.random.randrange(4)] = b"[" * self.random.choice([10, 1000, 200_000])
        elif damage < 0.3:
            parts[self.random.randrange(4)] = json.dumps(self.value()).encode()
        signature = self.session.sign(parts)
        frames = [b"<IDS|MSG>", signature] + parts + [self.bytes() for _ in range(self.random.choice([0, 0, 0, 1, 3]))]
        if self.random.random() < 0.1:
            frames[1] = self.random.choice([b"", b"0" * 64, signature[:-1], signature[::-1], signature.upper(), self.bytes()])
        if self.random.random() < 0.1:
            frames.insert(0, self.bytes())
        return frames

    def junk(self):
        return [self.bytes(2000) for _ in range(self.random.choice([1, 2, 5, 50]))]

    def shuffled(self):
        frames = self.message()
        self.random.shuffle(frames)
        return frames[: self.random.randrange(1, len(frames) + 1)]

    def send(self):
        channel = self.random.choice(list(self.sockets))
        if self.random.random() < 0.02:
            self.connect(channel)
        make = self.random.choices([self.message, self.junk, self.shuffled], [6, 2, 2])[0]
        frames = make()
        try:
            self.sockets[channel].send_multipart(frames)
            if self.random.random() < 0.05:
                # The same once more: a replay.
                self.sockets[channel].send_multipart(frames)
        except zmq.Again:
            # The kernel takes no more on this connection until it has served what it has.
            self.connect(channel)
        while self.sockets[channel].poll(0):
            self.sockets[channel].recv_multipart()

    def check(self, done):
        assert self.kernel.manager.is_alive(), f"the kernel is gone after {done} messages"
        request = self.kernel.client.kernel_info()
        assert self.kernel.reply(request, timeout=120)["status"] == "ok"
        # Interrupts that were drawn may still be on their way to a cell.
        for _ in range(20):
            reply, messages = self.kernel.run("kept", timeout=120)
            if reply["status"] == "ok":
                break
            assert reply["status"] == "aborted" or reply.get("ename") == "Interrupted", reply
            time.sleep(0.2)
        found = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"]
        assert found == ["[1, 2, 3]"], f"after {done} messages: {messages}"

    def run(self, rounds):
        start = time.monotonic()
        self.kernel.shown("var kept = [1, 2, 3]")
        self.process = self.kernel.manager.provisioner.process.pid
        for number in range(1, rounds + 1):
            self.send()
            if number % 500 == 0:
                self.check(number)
                print(f"\r{number} of {rounds} messages, {time.monotonic() - start:.0f} s ", end="", flush=True)
        print()
        # A frame larger than the kernel takes costs its sender the connection and nothing else.
        self.sockets["shell"].send_multipart([b"<IDS|MSG>", b"", bytes(300 << 20)], copy=False)
        time.sleep(1)
        self.check(rounds + 1)
        self.sockets["shell"].close(linger=0)
        assert self.kernel.client.hb_channel.is_beating()
        print(f"the kernel and its variables survived {rounds} messages, {time.monotonic() - start:.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with Kernel() as kernel:
        Fuzz(kernel, arguments.seed).run(arguments.rounds)


if __name__ == "__main__":
    sys.exit(main())
