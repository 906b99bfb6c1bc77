// The examples of the developers' page: each runs as it is printed, with this installation's address in it.

export interface Example {
  id: string;
  name: string;
  /** What to know before it runs. */
  note: string;
  code: string;
}

const query = `query { deliveries(first: 5) { edges { node { deliveryId state statusCode goal { name } } } } }`;

const subscription = `subscription { deliveryUpdated { at delivery { deliveryId state statusCode } } }`;

/** Each with the installation's own address in it. */
export function examples(publicUrl: string): Example[] {
  const url = `${publicUrl.replace(/\/$/, "")}/graphql`;
  return [
    curl(url),
    curlLive(url),
    javascript(url),
    javascriptLive(url.replace(/^http/, "ws")),
    standardGo(url),
  ];
}

function curl(url: string): Example {
  return {
    id: "curl",
    name: "curl",
    note: "Put your token in place of $TOKEN, or export it first.",
    code: `curl -sS '${url}' \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  --data-raw '${JSON.stringify({ query })}'`,
  };
}

function curlLive(url: string): Example {
  return {
    id: "curl-live",
    name: "curl, live",
    note: "Prints every delivery as it changes, as server-sent events. -N stops curl from waiting.",
    code: `curl -sS -N '${url}' \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Accept: text/event-stream' \\
  -H 'Content-Type: application/json' \\
  --data-raw '${JSON.stringify({ query: subscription })}'`,
  };
}

function javascript(url: string): Example {
  return {
    id: "javascript",
    name: "JavaScript",
    note: "Node 18 or newer, without a library: TOKEN=… node deliveries.mjs",
    code: `const response = await fetch("${url}", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.TOKEN}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({
    query: \`${query}\`,
  }),
});

const { data, errors } = await response.json();
if (errors) throw new Error(errors[0].message);

for (const { node } of data.deliveries.edges) {
  console.log(node.deliveryId, node.state, node.statusCode, node.goal.name);
}`,
  };
}

function javascriptLive(ws: string): Example {
  return {
    id: "javascript-live",
    name: "JavaScript, live",
    note: "npm install graphql-ws ws graphql, then TOKEN=… node live.mjs. It reconnects after a restart or a lost network, and ends when the token is revoked. Events missed meanwhile are not sent again: an event with resync says so; fetch them with deliveries(filter: {from: …}).",
    code: `import { createClient } from "graphql-ws";
import WebSocket from "ws";

const client = createClient({
  url: "${ws}",
  webSocketImpl: WebSocket,
  connectionParams: { authorization: \`Bearer \${process.env.TOKEN}\` },
  // It reconnects after any error, with a growing delay; 4403 is final: the token is revoked.
  retryAttempts: Infinity,
  shouldRetry: (event) => event?.code !== 4403,
  retryWait: (n) => new Promise((done) => setTimeout(done, Math.min(1000 * 2 ** n, 30_000) * (1 + Math.random()))),
});

const deliveries = client.iterate({
  query: \`${subscription}\`,
});

for await (const { data } of deliveries) {
  console.log(data.deliveryUpdated.at, data.deliveryUpdated.delivery);
}`,
  };
}

function standardGo(url: string): Example {
  return {
    id: "go",
    name: "Go",
    note: "The standard library alone: TOKEN=… go run deliveries.go",
    code: `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	body, _ := json.Marshal(map[string]string{
		"query": \`${query}\`,
	})
	req, err := http.NewRequest("POST", "${url}", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	req.Header.Set("Content-Type", "application/json")

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()

	var answer struct {
		Data struct {
			Deliveries struct {
				Edges []struct {
					Node struct {
						DeliveryID string
						State      string
						StatusCode *int
					}
				}
			}
		}
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	if len(answer.Errors) > 0 {
		log.Fatal(answer.Errors[0].Message)
	}
	for _, edge := range answer.Data.Deliveries.Edges {
		fmt.Println(edge.Node.DeliveryID, edge.Node.State)
	}
}`,
  };
}
