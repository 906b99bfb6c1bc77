package server

import (
	"net/http"
	"strings"

	"postrider/internal/requestid"
)

// The headers that another site's page may send and read. Without credentials a star stands for all
// but Authorization, which is named.
const (
	corsSent = "Authorization, *"
	corsRead = "*"
	corsKept = "86400" // seconds for which a browser remembers a preflight
)

// crossOrigin lets other sites' pages call the routes for API tokens, and everything else pass
// checked. What it lets pass carries a token, or is a preflight, and no cookie: a browser cannot be
// made to send what a page does not know itself.
func crossOrigin(routes []Route, next, checked http.Handler) http.Handler {
	bearer := map[string]bool{}
	for _, route := range routes {
		bearer[route.Pattern] = route.Bearer
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !bearer[r.URL.Path] || r.Header.Get("Origin") == "" || r.Header.Get("Cookie") != "" {
			checked.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		switch {
		case r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "":
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Allow-Headers", corsSent)
			h.Set("Access-Control-Max-Age", corsKept)
			w.WriteHeader(http.StatusNoContent)
		case isBearer(r):
			h.Set("Access-Control-Expose-Headers", corsRead)
			next.ServeHTTP(w, r)
		default:
			checked.ServeHTTP(w, r)
		}
	})
}

func isBearer(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(token) != ""
}

// identify gives a request its id, and says it in the response.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := requestid.Of(r.Header.Get(requestid.Header))
		w.Header().Set(requestid.Header, id)
		next.ServeHTTP(w, r.WithContext(requestid.With(r.Context(), id)))
	})
}
