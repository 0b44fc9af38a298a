"""Reading the bodies of requests: bounded in size and time, and only few large ones at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext

from fastapi import HTTPException, Request

from python_ml.errors import ArepasError
from python_ml.serving.access import client_of

# What is parsed where it is read costs less than a prediction.
SMALL_BODY_BYTES = 65_536
READ_WITHIN_S = 30.0
LARGE_AT_ONCE = 8
# One client, however slow, leaves the others half of the places.
LARGE_AT_ONCE_OF_ONE = LARGE_AT_ONCE // 2
LARGE_WAITING_OF_ONE = 32
WAIT_AT_MOST_S = 60.0


class BusyError(ArepasError):
    """More asked at once than can be answered in a while."""


class Bodies:
    """Reads bodies; one a process."""

    def __init__(self, max_request_bytes: int) -> None:
        self._max_bytes = max_request_bytes
        self._turns = asyncio.Condition()
        self._here: Counter[str] = Counter()
        self._at_work: Counter[str] = Counter()

    @asynccontextmanager
    async def read(self, request: Request, max_bytes: int | None = None) -> AsyncGenerator[bytes]:
        """Read a request's body; while the block works with a large one, it keeps its place.

        Raises:
            HTTPException: 413 it is too large, 408 it does not come.
            BusyError: Too many large ones wait already.
            ClientDisconnect: The client left before all of it had come.
        """
        limit = self._max_bytes if max_bytes is None else max_bytes
        told = request.headers.get("content-length")
        size = int(told) if told and told.isdigit() else None
        if size is not None and size > limit:
            raise _too_large(limit)
        is_small = max_bytes is not None or (size is not None and size <= SMALL_BODY_BYTES)
        async with nullcontext() if is_small else self._place(client_of(request.scope)):
            yield await _read(request, limit)

    @asynccontextmanager
    async def _place(self, client: str) -> AsyncGenerator[None]:
        if self._here[client] >= LARGE_WAITING_OF_ONE:
            raise BusyError("too many large requests at once; ask again in a while")
        self._here[client] += 1
        try:
            try:
                async with asyncio.timeout(WAIT_AT_MOST_S), self._turns:
                    await self._turns.wait_for(lambda: self._has_place(client))
                    self._at_work[client] += 1
            except TimeoutError as error:
                raise BusyError("too many large requests; ask again in a while") from error
            try:
                yield
            finally:
                self._at_work[client] -= 1
                async with self._turns:
                    self._turns.notify_all()
        finally:
            self._here[client] -= 1
            if not self._here[client]:
                del self._here[client], self._at_work[client]

    def _has_place(self, client: str) -> bool:
        return (
            self._at_work.total() < LARGE_AT_ONCE and self._at_work[client] < LARGE_AT_ONCE_OF_ONE
        )


async def _read(request: Request, limit: int) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError as error:
        raise HTTPException(408, f"the body did not come within {READ_WITHIN_S:.0f} s") from error
    return bytes(body)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"the request is larger than {limit} bytes")
