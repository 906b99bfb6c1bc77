import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Where `npm run dev` finds the Go server.
const server = process.env["POSTRIDER_DEV_SERVER"] ?? "http://localhost:8080";

/** The app speaks English: what react-aria says in thirty other languages is left out. It falls back to en-US where one is missing. */
const oneLanguage: Plugin = {
  name: "one-language",
  enforce: "pre",
  load: (id) =>
    /\/intl\/(?:[\w-]+\/)?(?!en-US)[a-z]{2}-[A-Z]{2}\.m?js(\?.*)?$/.test(id)
      ? "export default undefined;"
      : null,
};

export default defineConfig({
  plugins: [oneLanguage, react(), tailwindcss()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    // No data: URIs: the page's Content-Security-Policy is default-src 'self'.
    assetsInlineLimit: 0,
    // Read by .size-limit.js, which adds up what one route loads.
    manifest: true,
    rolldownOptions: {
      input: { app: here("./index.html"), graphiql: here("./graphiql.html") },
      // The staff's pages are one chunk: nobody else fetches it, and what everybody fetches names it once.
      output: {
        advancedChunks: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: "staff",
              test: /src\/(features\/(offers|integrations|people|backoffice|queue)\/(?!search)|app\/(staff|look)-)/,
            },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: {
      "/graphql": { target: server, ws: true },
      "/c/": server,
      "/postback/": server,
      "/echo/": server,
    },
  },
});
