// Package server is the HTTP side of Postrider: one http.Server, its routes and
// what every request goes through.
//
// It owns listening and shutting down, client addresses behind proxies, security
// headers, the access log, health, metrics and the embedded web app. It holds no
// business rule: a click or an operator's call is handed to intake, a sign-in to
// account, and GraphQL arrives as an http.Handler.
//
// Every request passes, from the outside in:
//
//	limits → client address → access log and metrics → panics → security headers → origin check → route
//
// Rules:
//   - No query string, header or body is logged: tokens and players' ids are in
//     them. Client addresses are cut to /24 and /48.
//   - X-Forwarded-For and the country header count from a trusted proxy only.
//   - What a request's headers ask for earns it nothing: a handler that makes a
//     stream of it (server-sent events, WebSocket) lifts the timeouts itself, once it
//     has read the request. Streams end when the server begins to stop.
package server
