// The fan-out of a plain Node server: whoever connects gets every message that is
// posted, one frame each. No log, no rights, no recovery.

import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const message = Buffer.concat(parts);
    if (message.length > 0) {
      for (const client of sockets.clients) client.send(message, { binary: false });
    }
    response.end("ok");
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(Number(process.env.PORT), "127.0.0.1", 8192);
