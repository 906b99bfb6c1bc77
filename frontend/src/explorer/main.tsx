import "graphiql/style.css";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./explorer.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

// The explorer stands alone: its own page, its own bundle, nothing from another host. It is signed in by the same
// cookie as the app, or by an Authorization header written into its headers tab.

const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  wsClient: createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    lazy: true,
    retryAttempts: 20,
    shouldRetry: (event) => !(event instanceof CloseEvent && event.code === 4403),
  }),
});

const welcome = `# The API that the web app uses. Ctrl-Space completes, Ctrl-Enter runs.
# Signed in to the app, you are signed in here.

query LatestDeliveries {
  viewer {
    role
    affiliate {
      name
    }
  }
  deliveries(first: 5) {
    edges {
      node {
        deliveryId
        state
        statusCode
        goal {
          name
        }
      }
    }
  }
}
`;

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <GraphiQL fetcher={fetcher} defaultQuery={welcome} shouldPersistHeaders={false}>
        <GraphiQL.Logo>
          <a href="/developers">Postrider</a>
        </GraphiQL.Logo>
      </GraphiQL>
    </StrictMode>,
  );
}
