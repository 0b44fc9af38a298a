#!/usr/bin/env bash
# asyncua 2.1.0, an OPC UA server and client on this machine. In OPC UA each value carries its
# quality, and a sensor that has failed or was cut off is told by that alone. read_value of a node
# raises an error for a bad quality and for an uncertain one, so one would think that a value which
# comes back is a good one. Client.read_values, made for many nodes at once and documented as just
# that, raises nothing: it gives an uncertain value like any other, and None for a bad one,
# without the quality of either. A subscription hands the handler the same two as values. So who goes
# from reading one node to reading many, or to a subscription, takes up the last value of a sensor
# that is cut off as a reading. The quality is in the data value only: read_data_value with
# raise_on_bad_status=False, or data.monitored_item.Value in the handler.
# Seen, 20.0 good, 18.5 uncertain, then bad: read_value 20.0, error, error; read_values and the
# subscription 20.0, 18.5, None.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asyncua==2.1.0
timeout 60 "$folder/venv/bin/python" - <<'PY'
import asyncio
import logging
import socket
from asyncua import Client, Server, ua

logging.disable(logging.CRITICAL)
CODES = ua.StatusCodes
WRITTEN = [(20.0, CODES.Good), (18.5, CODES.UncertainLastUsableValue), (0.0, CODES.BadSensorFailure)]

class Handler:
    def __init__(self) -> None:
        self.values: asyncio.Queue = asyncio.Queue()

    def datachange_notification(self, node, value, data) -> None:
        self.values.put_nowait(value)

async def read_one(node) -> float | str:
    try:
        return await node.read_value()
    except ua.UaStatusCodeError:
        return "error"

async def read_all(server: Server, client: Client) -> tuple[list, list, list]:
    space = await server.register_namespace("plant")
    sensor = await server.nodes.objects.add_variable(space, "celsius", 0.0)
    node, handler = client.get_node(sensor.nodeid), Handler()
    subscription = await client.create_subscription(20, handler)
    await subscription.subscribe_data_change(node)
    await handler.values.get()
    one, many, told = [], [], []
    for value, code in WRITTEN:
        variant = ua.Variant(value, ua.VariantType.Double)
        await sensor.write_value(ua.DataValue(variant, ua.StatusCode(code)))
        told.append(await handler.values.get())
        one.append(await read_one(node))
        many += await client.read_values([node])
    return one, many, told

async def run() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"opc.tcp://127.0.0.1:{free.getsockname()[1]}/"
    server = Server()
    await server.init()
    server.set_endpoint(url)
    async with server, Client(url) as client:
        one, many, told = await read_all(server, client)
    print("read_value", one, "read_values", many, "subscription", told)
    assert one == [20.0, "error", "error"]
    assert many == told == [20.0, 18.5, None], "CHANGED: the quality is heeded"

asyncio.run(run())
PY
echo "as described"
