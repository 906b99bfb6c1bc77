package account

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"postrider/internal/problem"
	"postrider/internal/requestid"
	"postrider/internal/viewer"
)

// Middleware puts the viewer of a request into its context: by Authorization header, else by
// cookie, else none. An invalid token is refused with 401; an expired cookie means no viewer.
func (a *Accounts) Middleware(next http.Handler) http.Handler {
	withSession := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := a.sessionViewer(r.Context())
		if err != nil {
			a.sessions.ErrorFunc(w, r, err)
			return
		}
		a.serveAs(w, r, v, next, func(ctx context.Context) (*viewer.Viewer, error) { return a.sessionOf(ctx, r) })
	})
	saving := a.sessions.LoadAndSave(withSession)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(withViewAs(r.Context(), r))
		switch authorization := r.Header.Get("Authorization"); {
		case authorization != "":
			a.withToken(w, r, authorization, next)
		case mayChangeSession(r):
			saving.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), cookiesKey{}, &exchange{r, w})))
		default:
			a.reading(w, r, withSession)
		}
	})
}

func (a *Accounts) withToken(w http.ResponseWriter, r *http.Request, authorization string, next http.Handler) {
	v, err := a.Authenticate(r.Context(), authorization)
	if err != nil {
		problem.Log(r.Context(), a.log, "authenticating a token", err)
		Refuse(w, r, problem.From(err))
		return
	}
	a.serveAs(w, r, v, next, func(ctx context.Context) (*viewer.Viewer, error) { return a.Authenticate(ctx, authorization) })
}

// serveAs serves a request as v, nil for no viewer; a stream only for as long as its session
// or token is valid, which again checks.
func (a *Accounts) serveAs(w http.ResponseWriter, r *http.Request, v *viewer.Viewer, next http.Handler, again func(context.Context) (*viewer.Viewer, error)) {
	seen, err := a.lookingAs(r.Context(), v)
	if err != nil {
		Refuse(w, r, problem.From(err))
		return
	}
	if v != nil {
		ctx := r.Context()
		if IsStream(r) {
			watched, cancel := context.WithCancel(ctx)
			defer cancel()
			ctx = a.While(watched, v, again)
		}
		r = r.WithContext(viewer.With(ctx, seen))
	}
	next.ServeHTTP(w, r)
}

// mayChangeSession reports whether a request may change its session. A stream may not: scs
// would wrap its writer into one that can neither flush nor be hijacked.
func mayChangeSession(r *http.Request) bool { return r.Method == http.MethodPost && !WantsEvents(r) }

// WantsEvents reports whether a request asks for server-sent events. A client that accepts
// plain JSON as well, as some list every type, gets plain JSON.
func WantsEvents(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "text/event-stream") && !strings.Contains(accept, "json")
}

// reading loads the session without wrapping the writer.
func (a *Accounts) reading(w http.ResponseWriter, r *http.Request, next http.Handler) {
	ctx, err := a.loaded(r.Context(), r)
	if err != nil {
		a.sessions.ErrorFunc(w, r, err)
		return
	}
	next.ServeHTTP(w, r.WithContext(ctx))
}

// loaded returns ctx with the session of a request's cookie.
func (a *Accounts) loaded(ctx context.Context, r *http.Request) (context.Context, error) {
	token := ""
	if cookie, err := r.Cookie(a.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	return a.sessions.Load(ctx, token)
}

// sessionOf returns the current viewer of a request's cookie; nil for none.
func (a *Accounts) sessionOf(ctx context.Context, r *http.Request) (*viewer.Viewer, error) {
	// Not the request's own context, which holds the session as it was.
	fresh, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	loaded, err := a.loaded(fresh, r)
	if err != nil {
		return nil, err
	}
	return a.sessionViewer(loaded)
}

// Refuse answers with a GraphQL response, as the handlers behind the middleware do.
func Refuse(w http.ResponseWriter, r *http.Request, p *problem.Error) {
	status := http.StatusInternalServerError
	switch p.Code {
	case problem.CodeForbidden:
		status = http.StatusForbidden
	case problem.CodeNotFound:
		status = http.StatusNotFound
	case problem.CodeUnauthenticated:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer realm="postrider"`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	answer := map[string]any{"errors": []any{map[string]any{
		"message": p.PublicMessage(), "extensions": map[string]any{"code": p.Code},
	}}}
	if id := requestid.From(r.Context()); id != "" {
		answer["extensions"] = map[string]any{"requestId": id}
	}
	_ = json.NewEncoder(w).Encode(answer)
}
