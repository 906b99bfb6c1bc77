package server

import (
	"log/slog"
	"net/http"
	"strconv"

	"postrider/dispatch"
	"postrider/testfire"
)

// Echo is the built-in test tracker: any method on /echo/{key}. It stores the request for the
// key's owner, and answers 200, or the status of ?status=.
func Echo(in testfire.Inbox, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		if wanted, err := strconv.Atoi(r.URL.Query().Get("status")); err == nil && wanted >= 200 && wanted <= 599 {
			status = wanted
		}
		body, _, err := readBody(r.Body, testfire.MaxEcho)
		if err != nil {
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		found, err := in.Keep(r.Context(), testfire.EchoRequest{
			Key: r.PathValue("key"), Method: r.Method, URL: r.URL.RequestURI(), Headers: dispatch.Headers(r.Header),
			Body: body, StatusCode: status,
		})
		switch {
		case err != nil:
			log.ErrorContext(r.Context(), "the echo tracker could not keep a request", "error", err)
			http.Error(w, "nothing was kept", http.StatusInternalServerError)
		case !found:
			http.Error(w, "There is no such echo tracker.", http.StatusNotFound)
		default:
			answerJSON(w, status, map[string]any{"result": "echoed", "status": status})
		}
	})
}
