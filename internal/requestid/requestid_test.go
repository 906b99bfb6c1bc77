package requestid_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"postrider/internal/requestid"
)

func TestASaneIDOfTheClientIsTakenOver(t *testing.T) {
	t.Parallel()
	for own, taken := range map[string]bool{
		"a": true, "0199-ab.cd_EF:1/2=+@": true, strings.Repeat("x", 128): true,
		"": false, strings.Repeat("x", 129): false, "a b": false, "a\nlevel=ERROR": false, `a"b`: false, "é": false, "a;b": false, "<a>": false,
	} {
		if got := requestid.Of(own); (got == own) != taken || got == "" {
			t.Errorf("%q becomes %q", own, got)
		}
	}
	if one, other := requestid.Of(""), requestid.Of(""); one == other {
		t.Error("two requests have one id")
	}
}

func TestLinesOfARequestHaveItsID(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(requestid.Logging(slog.NewJSONHandler(&out, nil)))
	ctx := requestid.With(t.Context(), "r1")
	var parts requestid.Parts
	first, second := parts.Next(ctx), parts.Next(ctx)
	for name, tc := range map[string]struct {
		log  func()
		want any
	}{
		"the request's":    {func() { log.InfoContext(ctx, "x") }, "r1"},
		"with more":        {func() { log.With("a", 1).InfoContext(ctx, "x") }, "r1"},
		"an operation's":   {func() { log.InfoContext(first, "x") }, "r1.1"},
		"another's":        {func() { log.InfoContext(second, "x") }, "r1.2"},
		"of no request":    {func() { log.InfoContext(t.Context(), "x") }, nil},
		"part of no such":  {func() { log.InfoContext(parts.Next(t.Context()), "x") }, nil},
		"without an error": {func() { log.ErrorContext(ctx, "x") }, "r1"},
	} {
		out.Reset()
		tc.log()
		var line map[string]any
		if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["request_id"] != tc.want {
			t.Errorf("%s: %v, %s", name, err, out.String())
		}
	}
}
