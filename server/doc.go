// Package server is the HTTP side of Postrider: one http.Server, its routes and its middleware.
//
// It owns listening and shutting down, client addresses behind proxies, security headers, the
// access log, health, metrics and the embedded web app. It has no business rules: a click or an
// operator's call is passed to intake, a sign-in to account, and GraphQL is an http.Handler.
//
// Every request passes, from the outside in:
//
// |       limits → client address → access log and metrics → panics → security headers → origin
// check → route
//
// Rules:
//   - No query string, header or body is logged: they contain tokens and players'
//     ids. Client addresses are cut to /24 and /48.
//   - X-Forwarded-For and the country header are trusted from a trusted proxy only.
//   - A request's headers never exempt it from a timeout: a handler that answers with
//     a stream (server-sent events, WebSocket) lifts the timeouts itself, once it has
//     read the request. Streams end when the server begins to stop.
package server
