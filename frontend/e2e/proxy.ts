import { connect, createServer, type Socket } from "node:net";

/** What stands between a client and the program, and counts what the client asks. */
export interface Proxy {
  url: string;
  /** How often the client has asked: requests, upgrades among them. */
  requests: () => number;
  stop: () => void;
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  let requests = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const program = connect(Number(port), hostname);
    for (const socket of [client, program]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      socket.on("error", () => undefined);
    }
    client.on("data", (chunk) => {
      if (/^(GET|POST) \/graphql/.test(chunk.toString("latin1"))) requests += 1;
    });
    // As a client sees it: where the program is down, the connection ends at once.
    client.pipe(program).pipe(client);
    program.once("error", () => client.destroy());
    client.once("close", () => program.destroy());
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    requests: () => requests,
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
