package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"postrider/account"
	"postrider/internal/config"
	"postrider/internal/problem"
)

// securityHeaders restrict what our pages may do. A handler may replace one.
func securityHeaders(cfg *config.Config, next http.Handler) http.Handler {
	headers := map[string]string{
		"Content-Security-Policy":    contentPolicy(cfg.PublicURL),
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Permissions-Policy":         "camera=(), geolocation=(), microphone=(), payment=()",
	}
	if cfg.SecureCookies() {
		headers["Strict-Transport-Security"] = "max-age=31536000"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

// contentPolicy lets a page load from our origin only. The WebSocket's URL is spelled out for
// browsers that do not include it in 'self'.
func contentPolicy(publicURL string) string {
	socket := ""
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		socket = " " + strings.Replace(u.Scheme, "http", "ws", 1) + "://" + u.Host
	}
	return strings.Join([]string{
		"default-src 'self'",
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data:",
		"font-src 'self' data:",
		"connect-src 'self'" + socket,
		"object-src 'none'",
		"base-uri 'self'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// originCheck refuses requests that another site's page makes a signed-in browser send. Servers,
// which send no Origin, pass; so do routes that no cookie authenticates.
func originCheck(publicURL string, routes []Route) (*http.CrossOriginProtection, error) {
	check := http.NewCrossOriginProtection()
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		if err := check.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("POSTRIDER_PUBLIC_URL: %w", err)
		}
	}
	for _, route := range routes {
		if route.Open {
			check.AddInsecureBypassPattern(route.Pattern)
		}
	}
	check.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account.Refuse(w, r, problem.Forbidden("this request comes from a page of another site: send an API token, as Authorization: Bearer, and no cookies"))
	}))
	return check, nil
}
