// Keeps a copy of all conversions and deliveries that a token may read, in one JSON file. It may be
// stopped at any time and goes on where it was: docs/changes.md explains how. No packages are needed.
//
//   node docs/sync/sync.mjs --url https://… --token … --file copy.json
import { readFile, rename, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://localhost:8080" },
    token: { type: "string", default: process.env.POSTRIDER_TOKEN ?? "" },
    file: { type: "string", default: "copy.json" },
    once: { type: "boolean", default: false },
  },
});

const lists = [
  {
    name: "conversions",
    changes: "conversionChanges",
    object: "conversion",
    fields: "id status transactionId playerId amount { amount currency } payout { amount currency } updatedAt",
  },
  {
    name: "deliveries",
    changes: "deliveryChanges",
    object: "delivery",
    fields: "id state status statusCode attemptCount",
  },
];

/** Sends an operation; an error of the API is thrown with its code. */
async function ask(query, variables) {
  const response = await fetch(`${options.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${options.token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw Object.assign(new Error(errors[0].message), { code: errors[0].extensions?.code });
  return data.page;
}

/** Reads the next page of a list: first where its changes begin, then the list as it is, then the changes. */
async function page(list, state) {
  const info = "pageInfo { hasNextPage endCursor }";
  if (!state.cursor) {
    const { pageInfo } = await ask(`{ page: ${list.changes}(start: NEWEST) { ${info} } }`);
    state.cursor = pageInfo.endCursor;
    return true;
  }
  if (!state.done) {
    const { edges, pageInfo } = await ask(
      `query($after: String) { page: ${list.name}(first: 100, after: $after) { edges { node { ${list.fields} } } ${info} } }`,
      { after: state.listed },
    );
    for (const { node } of edges) state.rows[node.id] = node;
    state.done = !pageInfo.hasNextPage;
    state.listed = pageInfo.endCursor ?? state.listed;
    return true;
  }
  const { edges, pageInfo } = await ask(
    `query($after: String) { page: ${list.changes}(first: 100, after: $after) { edges { node { ${list.object} { ${list.fields} } } } ${info} } }`,
    { after: state.cursor },
  );
  for (const { node } of edges) state.rows[node[list.object].id] = node[list.object];
  state.cursor = pageInfo.endCursor;
  return pageInfo.hasNextPage;
}

/** Reads one page of each list and saves the copy; says whether there is more to read now. */
async function step() {
  const all = JSON.parse(await readFile(options.file, "utf8").catch(() => "{}"));
  let more = false;
  for (const list of lists) {
    all[list.name] ??= { rows: {} };
    try {
      more = (await page(list, all[list.name])) || more;
    } catch (error) {
      if (error.code !== "STALE_CURSOR") throw error;
      all[list.name] = { rows: {} }; // begin anew
      more = true;
    }
  }
  // In one step, so that a copy and its cursors always belong together.
  await writeFile(`${options.file}.new`, JSON.stringify(all), { mode: 0o600 });
  await rename(`${options.file}.new`, options.file);
  return more;
}

for (let pause = 1000; ; ) {
  try {
    if (await step()) pause = 1000;
    else if (options.once) break;
    else await sleep(1000);
  } catch (error) {
    console.error(`${error.message}; trying again in ${pause / 1000} s`);
    await sleep(pause);
    pause = Math.min(2 * pause, 60_000);
  }
}
