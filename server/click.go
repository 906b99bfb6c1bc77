package server

import (
	"log/slog"
	"net/http"
	"strings"

	"postrider/domain/tracking"
	"postrider/intake"
)

// Click serves tracking links: /c/{link}, whatever its path is. The click is committed before the
// redirect is sent.
func Click(in *intake.Intake, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			absent(w, r, http.StatusMethodNotAllowed, "Open this link with GET.")
			return
		}
		a, err := in.Click(r.Context(), clickOf(r))
		switch {
		case err != nil:
			log.ErrorContext(r.Context(), "a click was not recorded", "error", err)
			absent(w, r, http.StatusServiceUnavailable, "This link does not work right now. Please try again.")
		case !a.Found:
			absent(w, r, http.StatusNotFound, "There is no such link.")
		case a.Route.Kind == tracking.Gone:
			absent(w, r, http.StatusGone, "This offer has ended.")
		case a.Route.Kind == tracking.Ahead && r.Method == http.MethodHead:
			w.WriteHeader(http.StatusNoContent)
		case a.Route.Kind == tracking.Ahead:
			absent(w, r, http.StatusServiceUnavailable, "This link is not opened ahead of the click.")
		default:
			w.Header().Set("Location", a.Route.URL)
			w.WriteHeader(http.StatusFound)
		}
	})
}

// clickOf reads a request for a link.
func clickOf(r *http.Request) intake.ClickRequest {
	_, path, _ := strings.Cut(strings.TrimLeft(r.URL.EscapedPath(), "/"), "/")
	code, query, notes := tracking.ReadAddress(path, r.URL.RawQuery)
	client := ClientOf(r.Context())
	return intake.ClickRequest{
		Request: tracking.Request{
			Method: r.Method, RawQuery: query, UserAgent: r.UserAgent(), Referrer: r.Referer(), Purpose: purpose(r), Notes: notes,
		},
		Code: code, Address: client.Addr, Country: client.Country,
	}
}

// purpose returns the header by which browsers and mail programs mark a prefetch; empty for none.
func purpose(r *http.Request) string {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	return ""
}
