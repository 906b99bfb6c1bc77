package server

import (
	"log/slog"
	"net/http"

	"postrider/domain/tracking"
	"postrider/intake"
)

// Click serves tracking links: GET /c/{link}. The click is committed before the redirect is
// sent.
func Click(in *intake.Intake, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := ClientOf(r.Context())
		a, err := in.Click(r.Context(), intake.ClickRequest{
			Request: tracking.Request{
				Method: r.Method, RawQuery: r.URL.RawQuery, UserAgent: r.UserAgent(), Referrer: r.Referer(), Purpose: purpose(r),
			},
			Code: r.PathValue("link"), Address: client.Addr, Country: client.Country,
		})
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case err != nil:
			log.ErrorContext(r.Context(), "a click was not recorded", "error", err)
			http.Error(w, "This link does not work right now. Please try again.", http.StatusServiceUnavailable)
		case !a.Found:
			http.Error(w, "There is no such link.", http.StatusNotFound)
		case a.Route.Kind == tracking.Gone:
			http.Error(w, "This offer has ended.", http.StatusGone)
		default:
			w.Header().Set("Location", a.Route.URL)
			w.WriteHeader(http.StatusFound)
		}
	})
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
