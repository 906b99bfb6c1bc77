import { createServer } from "node:http";

/** A tracker as an affiliate has one: it takes postbacks on a path of its own and remembers them. */
export interface Tracker {
  url: string;
  got: URL[];
  stop: () => Promise<void>;
}

/** `answer` is the status code of the nth request, from 1; 200 without it. */
export async function startTracker(answer: (n: number) => number = () => 200): Promise<Tracker> {
  const got: URL[] = [];
  const server = createServer((request, response) => {
    got.push(new URL(request.url ?? "/", "http://tracker"));
    response.statusCode = answer(got.length);
    response.end("OK");
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    got,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
}
