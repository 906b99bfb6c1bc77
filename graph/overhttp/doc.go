// Package overhttp carries GraphQL operations over HTTP, one request and one response, as the
// specification has it: https://graphql.github.io/graphql-over-http/draft/
//
// It owns how a request is read, which media type answers it, and which status. It does not know
// Postrider's schema, nor what an operation may cost.
//
// Rules:
//   - Whatever is refused is answered with GraphQL's JSON, a code and the request's id.
//   - A response without data is one to an operation that was not executed, and has no entry for it.
//   - No message repeats what the client sent in its body.
package overhttp
