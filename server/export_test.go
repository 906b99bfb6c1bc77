package server

import "net/http"

// ServeHTTP answers one request, for tests that need no connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.http.Handler.ServeHTTP(w, r) }

// Pages are how the paths of the web app's pages begin.
var Pages = pages
