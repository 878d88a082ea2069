// The published JavaScript client, told what to do on standard input and telling
// on standard output what it sees, one JSON object a line.
//
//   {"do": "subscribe", "channel": "…", "get_state": true}   {"do": "unsubscribe", "channel": "…"}
//   {"do": "presence", "channel": "…"}   {"do": "history", "channel": "…", "limit": 10}   {"do": "quit"}
//
// LAJUR_URL is the server, LAJUR_KEY an API key that tokens are fetched with.

import { createInterface } from "node:readline";
import { Centrifuge, UnauthorizedError } from "centrifuge";
import WebSocket from "ws";

const { LAJUR_URL: url, LAJUR_KEY: key } = process.env;
const authorization = { authorization: `Bearer ${key}` };

const say = (saw, more = {}) => process.stdout.write(`${JSON.stringify({ saw, ...more })}\n`);

async function getToken() {
  const answer = await fetch(`${url}/api/v1/realtime/token`, { method: "POST", headers: authorization });
  if (answer.status === 401) throw new UnauthorizedError("the key is not valid any more");
  const body = await answer.json();
  say("token", { status: answer.status });
  return body.data.token;
}

// The position first, then the data that it belongs to: here both are of one answer.
async function getState() {
  const answer = await fetch(`${url}/api/v1/pipeline/tasks?limit=1`, { headers: authorization });
  const { meta } = await answer.json();
  say("state", { offset: meta.seq, epoch: meta.epoch });
  return { offset: meta.seq, epoch: meta.epoch };
}

const client = new Centrifuge(`${url.replace(/^http/, "ws")}/connection/websocket`, {
  getToken,
  websocket: WebSocket,
  minReconnectDelay: 20,
  maxReconnectDelay: 500,
  minResubscribeDelay: 20,
});

client.on("connecting", ({ code, reason }) => say("connecting", { code, reason }));
client.on("connected", ({ client }) => say("connected", { client }));
client.on("disconnected", ({ code, reason }) => say("disconnected", { code, reason }));
client.on("error", ({ error }) => say("error", { code: error.code, reason: error.message }));

function subscribe({ channel, get_state }) {
  const known = client.getSubscription(channel);
  const subscription = known ?? client.newSubscription(channel, get_state ? { getState } : {});
  if (!known) {
    subscription.on("subscribed", ({ recovered, wasRecovering, streamPosition, data }) =>
      say("subscribed", { channel, recovered, was_recovering: wasRecovering, position: streamPosition, data }),
    );
    subscription.on("unsubscribed", ({ code, reason }) => say("unsubscribed", { channel, code, reason }));
    subscription.on("publication", ({ offset, data, tags }) => say("publication", { channel, offset, data, tags }));
    subscription.on("error", ({ error }) => say("error", { channel, code: error.code, reason: error.message }));
  }
  subscription.subscribe();
}

const deeds = {
  subscribe,
  unsubscribe: ({ channel }) => client.getSubscription(channel)?.unsubscribe(),
  presence: async ({ channel }) => {
    const { clients } = await client.getSubscription(channel).presence();
    say("presence", { clients: Object.values(clients).map(({ user, connInfo }) => ({ user, info: connInfo })) });
  },
  history: async ({ channel, limit }) => {
    const { publications, offset, epoch } = await client.getSubscription(channel).history({ limit });
    say("history", { offsets: publications.map(({ offset }) => offset), offset, epoch });
  },
  quit: () => {
    client.disconnect();
    process.exit(0);
  },
};

client.connect();
for await (const line of createInterface({ input: process.stdin })) {
  const deed = JSON.parse(line);
  try {
    await deeds[deed.do](deed);
  } catch (error) {
    say("failed", { do: deed.do, code: error.code, reason: error.message });
  }
}
deeds.quit();
