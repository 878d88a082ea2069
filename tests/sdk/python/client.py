"""The published Python client, told what to do on standard input and telling on
standard output what it sees, one JSON object a line. The same deeds and words as
those of the JavaScript client beside it.
"""

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request

from centrifuge import (
    CentrifugeError,
    Client,
    ClientEventHandler,
    StreamPosition,
    SubscriptionEventHandler,
    UnauthorizedError,
)

URL, KEY = os.environ["LAJUR_URL"], os.environ["LAJUR_KEY"]


def say(saw, **more):
    print(json.dumps({"saw": saw, **more}), flush=True)


def ask(method, path):
    request = urllib.request.Request(
        URL + path, method=method, headers={"authorization": f"Bearer {KEY}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


async def get_token():
    try:
        body = await asyncio.to_thread(ask, "POST", "/api/v1/realtime/token")
    except urllib.error.HTTPError as error:
        if error.code == 401:
            raise UnauthorizedError from error
        raise
    say("token", status=200)
    return body["data"]["token"]


async def get_state(_channel):
    meta = (await asyncio.to_thread(ask, "GET", "/api/v1/pipeline/tasks?limit=1"))["meta"]
    say("state", offset=meta["seq"], epoch=meta["epoch"])
    return StreamPosition(offset=meta["seq"], epoch=meta["epoch"])


class Connection(ClientEventHandler):
    async def on_connecting(self, ctx):
        say("connecting", code=ctx.code, reason=ctx.reason)

    async def on_connected(self, ctx):
        say("connected", client=ctx.client)

    async def on_disconnected(self, ctx):
        say("disconnected", code=ctx.code, reason=ctx.reason)

    async def on_error(self, ctx):
        say("error", code=ctx.code, reason=str(ctx.error))


class Following(SubscriptionEventHandler):
    def __init__(self, channel):
        self.channel = channel

    async def on_subscribed(self, ctx):
        position = ctx.stream_position
        say(
            "subscribed",
            channel=self.channel,
            recovered=ctx.recovered,
            was_recovering=ctx.was_recovering,
            position=position and {"offset": position.offset, "epoch": position.epoch},
            data=ctx.data,
        )

    async def on_unsubscribed(self, ctx):
        say("unsubscribed", channel=self.channel, code=ctx.code, reason=ctx.reason)

    async def on_publication(self, ctx):
        pub = ctx.pub
        say(
            "publication",
            channel=self.channel,
            offset=pub.offset,
            data=pub.data,
            tags=pub.tags,
        )

    async def on_error(self, ctx):
        say("error", channel=self.channel, code=ctx.code, reason=str(ctx.error))


async def main():
    client = Client(
        URL.replace("http", "ws", 1) + "/connection/websocket",
        events=Connection(),
        get_token=get_token,
        min_reconnect_delay=0.02,
        max_reconnect_delay=0.5,
        proxy=None,
    )

    async def subscribe(channel, get_state_too=False):
        subscription = client.get_subscription(channel)
        if subscription is None:
            subscription = client.new_subscription(
                channel,
                events=Following(channel),
                get_state=get_state if get_state_too else None,
                min_resubscribe_delay=0.02,
            )
        await subscription.subscribe()

    async def do(deed):
        channel = deed.get("channel")
        match deed["do"]:
            case "subscribe":
                await subscribe(channel, deed.get("get_state", False))
            case "unsubscribe":
                await client.get_subscription(channel).unsubscribe()
            case "presence":
                found = await client.get_subscription(channel).presence()
                people = found.clients.values()
                say(
                    "presence",
                    clients=[{"user": one.user, "info": one.conn_info} for one in people],
                )
            case "history":
                found = await client.get_subscription(channel).history(limit=deed["limit"])
                say(
                    "history",
                    offsets=[pub.offset for pub in found.publications],
                    offset=found.offset,
                    epoch=found.epoch,
                )

    await client.connect()
    while line := await asyncio.to_thread(sys.stdin.readline):
        deed = json.loads(line)
        if deed["do"] == "quit":
            break
        try:
            await do(deed)
        except CentrifugeError as error:
            say("failed", do=deed["do"], code=getattr(error, "code", None), reason=str(error))
    await client.disconnect()


asyncio.run(main())
