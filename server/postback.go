package server

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"postrider/domain/inbound"
	"postrider/domain/pasted"
	"postrider/intake"
)

// Postback answers operators: /postback/{integration}, by any method and whatever the path is.
// GET and POST report; others change nothing, and are in the inbound log.
func Postback(in *intake.Intake, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := callOf(r)
		if err != nil {
			log.WarnContext(r.Context(), "an operator's call broke off", "error", err)
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		a, err := in.Receive(r.Context(), c)
		if err != nil {
			log.ErrorContext(r.Context(), "an operator's call could not be kept", "error", err)
			answerJSON(w, http.StatusInternalServerError, map[string]string{
				"result": "error", "message": "not all of it was recorded: send the call again; nothing is recorded twice",
			})
			return
		}
		answerCall(w, a)
	})
}

// callOf reads a call.
func callOf(r *http.Request) (inbound.Call, error) {
	body, truncated, err := readBody(r.Body, inbound.MaxBody)
	_, path, _ := strings.Cut(strings.TrimLeft(r.URL.EscapedPath(), "/"), "/")
	key, query, notes := pasted.Address("key", path, r.URL.RawQuery)
	return inbound.Call{
		IntegrationKey: key, Method: r.Method, RawQuery: query, ContentType: r.Header.Get("Content-Type"), Notes: notes,
		Body: body, Truncated: truncated, Header: r.Header, Address: ClientOf(r.Context()).Addr,
		Secure: r.TLS != nil || ClientOf(r.Context()).Secure,
	}, err
}

// result is the answer to an event of a list.
type result struct {
	Status int `json:"status"`
	intake.Answer
}

func answerCall(w http.ResponseWriter, a intake.Answer) {
	if a.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(a.RetryAfter.Seconds()))))
	}
	switch {
	case a.StatusCode == http.StatusNoContent:
		w.Header().Set("Allow", inbound.Methods)
		w.WriteHeader(a.StatusCode)
		return
	case a.StatusCode == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", inbound.Methods)
	case a.Results != nil:
		list := make([]result, len(a.Results))
		for i, of := range a.Results {
			list[i] = result{Status: of.StatusCode, Answer: of}
		}
		answerJSON(w, a.StatusCode, map[string][]result{"results": list})
		return
	}
	answerJSON(w, a.StatusCode, a)
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
