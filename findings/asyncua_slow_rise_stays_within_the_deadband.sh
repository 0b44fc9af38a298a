#!/usr/bin/env bash
# asyncua 2.1.0, an OPC UA server and client on this machine. Who subscribes to a value may name a
# deadband, so that noise is not sent: of 1 degree, say (deadband_monitor). OPC UA (part 4,
# DataChangeFilter) compares with the value that was told last, so that what creeps away by more than
# a degree is told in the end. This server compares with the value before, told or not: a rise in
# steps of half a degree is never told, however far it goes. No error and no warning, and a leap is
# told as it should.
# Why it matters: wear, heat and leaks creep; the client holds the value of the first day for good.
# Seen, 20 degrees, then 100 steps of half a degree up to 70, then a leap to 90, with a deadband of
# 1: told are 20 and 90; without a deadband all 102 values.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asyncua==2.1.0
timeout 60 "$folder/venv/bin/python" - <<'PY'
import asyncio
import logging
import socket
from asyncua import Client, Server

logging.disable(logging.CRITICAL)
STEPS = 100

class Handler:
    def __init__(self) -> None:
        self.told: list[float] = []

    def datachange_notification(self, node, value, data) -> None:
        self.told.append(value)

async def wait_for(handler: Handler, last: float) -> None:
    while not handler.told or handler.told[-1] != last:
        await asyncio.sleep(0.02)

async def told_of(server: Server, client: Client) -> tuple[list[float], list[float]]:
    space = await server.register_namespace("plant")
    sensor = await server.nodes.objects.add_variable(space, "celsius", 20.0)
    node, coarse, each = client.get_node(sensor.nodeid), Handler(), Handler()
    subscription = await client.create_subscription(20, coarse)
    await subscription.deadband_monitor(node, 1.0, queuesize=1000)
    subscription = await client.create_subscription(20, each)
    await subscription.subscribe_data_change(node, queuesize=1000)
    await wait_for(coarse, 20.0)
    await wait_for(each, 20.0)
    for step in range(1, STEPS + 1):
        await sensor.write_value(20 + step / 2)
    await wait_for(each, 70.0)
    await sensor.write_value(90.0)
    await wait_for(coarse, 90.0)
    await wait_for(each, 90.0)
    return coarse.told, each.told

async def run() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"opc.tcp://127.0.0.1:{free.getsockname()[1]}/"
    server = Server()
    await server.init()
    server.set_endpoint(url)
    async with server, Client(url) as client:
        coarse, each = await told_of(server, client)
    print("with a deadband", coarse, "without", len(each), "values")
    assert len(each) == STEPS + 2
    assert coarse == [20.0, 90.0], "CHANGED: what creeps beyond the deadband is told"

asyncio.run(run())
PY
echo "as described"
