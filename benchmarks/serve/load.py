"""A load generator that costs little: keep-alive connections that write ready bytes and read."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came of a load: requests a second and the latencies in seconds, sorted."""

    per_second: float
    latencies: list[float]
    failures: int

    def percentile(self, share: float) -> float:
        """Read a percentile of the latencies, in seconds."""
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]


def request_bytes(port: int, path: str, body: bytes) -> bytes:
    """Write a POST request of JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run_load(
    port: int, request: bytes, *, connections: int, count: int, rate: float | None = None
) -> Load:
    """Send a request `count` times.

    With a rate, request number n is due at n / rate and its latency counts from then on, so that a
    server which stalls is not spared the requests that it held up. Without, as fast as answered.
    """
    numbers = iter(range(count))
    latencies, failures = [], 0
    started = time.perf_counter()

    async def work() -> None:
        nonlocal failures
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            due = started + number / rate if rate else time.perf_counter()
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            await reader.readexactly(length)
            failures += not head.startswith(b"HTTP/1.1 200")
            latencies.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return Load(count / (time.perf_counter() - started), sorted(latencies), failures)
