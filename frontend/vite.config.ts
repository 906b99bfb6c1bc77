import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Where `npm run dev` finds the Go server.
const server = process.env["POSTRIDER_DEV_SERVER"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    // No data: URIs: the page's Content-Security-Policy is default-src 'self'.
    assetsInlineLimit: 0,
    // Read by .size-limit.js, which adds up what one route loads.
    manifest: true,
    rolldownOptions: {
      input: { app: here("./index.html"), graphiql: here("./graphiql.html") },
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
