package server

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"postrider/domain/inbound"
	"postrider/intake"
)

// Postback answers operators: GET and POST /postback/{integration}.
func Postback(in *intake.Intake, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, truncated, err := readBody(r.Body, inbound.MaxBody)
		if err != nil {
			log.WarnContext(r.Context(), "an operator's call broke off", "error", err)
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		a, err := in.Receive(r.Context(), inbound.Call{
			IntegrationKey: r.PathValue("integration"), Method: r.Method, RawQuery: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"),
			Body: body, Truncated: truncated, Header: r.Header, Address: ClientOf(r.Context()).Addr,
			Secure: r.TLS != nil || ClientOf(r.Context()).Secure,
		})
		if err != nil {
			log.ErrorContext(r.Context(), "an operator's call could not be kept", "error", err)
			answerJSON(w, http.StatusInternalServerError, map[string]string{
				"result": "error", "message": "nothing was recorded: send the call again",
			})
			return
		}
		if a.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(a.RetryAfter.Seconds()))))
		}
		answerJSON(w, a.StatusCode, a)
	})
}

// readBody reads at most limit bytes and reports whether there was more.
func readBody(body io.Reader, limit int64) (read []byte, truncated bool, err error) {
	read, err = io.ReadAll(io.LimitReader(body, limit+1))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = nil
	}
	if int64(len(read)) > limit {
		return read[:limit], true, err
	}
	return read, false, err
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
