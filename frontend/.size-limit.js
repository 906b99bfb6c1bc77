import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// What a page loads is read from the build's own manifest: the entry, the page's chunk, and everything that they
// import, each counted once.

const dist = fileURLToPath(new URL("./dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));

function scripts(...entries) {
  const seen = new Set();
  const files = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the build has no ${key}`);
    if (seen.has(key)) return;
    seen.add(key);
    if (chunk.file.endsWith(".js")) files.add(`dist/${chunk.file}`);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const entry of entries) visit(entry);
  return [...files];
}

/** What opening `entries` adds to a page that has loaded `page` already. */
function added(page, ...entries) {
  const loaded = new Set(scripts(...page));
  return scripts(...entries).filter((file) => !loaded.has(file));
}

export default [
  {
    name: "/deliveries, JavaScript",
    path: scripts(
      "index.html",
      "src/features/deliveries/deliveries-page.tsx",
      "src/features/deliveries/delivery-detail.tsx",
    ),
    gzip: true,
    limit: "240 kB",
  },
  {
    name: "the URL editor, JavaScript on top of its page",
    path: added(
      ["index.html", "src/features/postbacks/new-postback-page.tsx"],
      "src/features/postbacks/editor/url-field.tsx",
    ),
    gzip: true,
    limit: "130 kB",
  },
  {
    name: "/sign-in, JavaScript",
    path: scripts("index.html", "src/features/session/sign-in-page.tsx"),
    gzip: true,
    limit: "220 kB",
  },
  {
    name: "/graphiql, JavaScript",
    path: scripts("graphiql.html"),
    gzip: true,
    limit: "330 kB",
  },
];
