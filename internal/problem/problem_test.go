package problem_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"postrider/internal/problem"
)

func TestConstructorsSetCodeFieldAndMessage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err   *problem.Error
		code  problem.Code
		field []string
		text  string
	}{
		{problem.Invalid("url", "has %d errors", 2), problem.CodeInvalid, []string{"url"}, "url: has 2 errors"},
		{problem.Invalid("values.1.macro", "unknown"), problem.CodeInvalid, []string{"values", "1", "macro"}, "values.1.macro: unknown"},
		{problem.Invalid("", "no input"), problem.CodeInvalid, nil, "no input"},
		{problem.NotFound("no campaign %q", "x"), problem.CodeNotFound, nil, `no campaign "x"`},
		{problem.Conflict("name", "is taken"), problem.CodeConflict, []string{"name"}, "name: is taken"},
		{problem.Forbidden("staff only"), problem.CodeForbidden, nil, "staff only"},
		{problem.Unauthenticated("sign in"), problem.CodeUnauthenticated, nil, "sign in"},
		{problem.RateLimited("slow down"), problem.CodeRateLimited, nil, "slow down"},
		{problem.Internal(errors.New("disk"), "writing"), problem.CodeInternal, nil, "writing: disk"},
	} {
		t.Run(string(tc.code)+" "+tc.text, func(t *testing.T) {
			t.Parallel()
			if tc.err.Code != tc.code || !slices.Equal(tc.err.Field, tc.field) || tc.err.Error() != tc.text {
				t.Fatalf("got code %q field %q text %q", tc.err.Code, tc.err.Field, tc.err.Error())
			}
			wrapped := fmt.Errorf("while saving: %w", tc.err)
			if problem.CodeOf(wrapped) != tc.code {
				t.Fatalf("wrapped error lost its code: %v", wrapped)
			}
		})
	}
}

func TestFromTakesAnythingElseForInternal(t *testing.T) {
	t.Parallel()
	cause := errors.New("pq: password of the database")
	got := problem.From(cause)
	if got.Code != problem.CodeInternal || !errors.Is(got, cause) {
		t.Fatalf("got %v", got)
	}
	if strings.Contains(got.PublicMessage(), "password") {
		t.Fatalf("an internal error's text reached the user: %q", got.PublicMessage())
	}
	if problem.From(nil) != nil || problem.CodeOf(nil) != "" {
		t.Fatal("no error is no problem")
	}
}

func TestAllTakesJoinedErrorsApart(t *testing.T) {
	t.Parallel()
	err := errors.Join(problem.Invalid("a", "x"), errors.Join(problem.Invalid("b", "y"), errors.New("z")))
	var got []string
	for _, p := range problem.All(err) {
		got = append(got, string(p.Code)+" "+strings.Join(p.Field, "."))
	}
	if want := []string{"INVALID a", "INVALID b", "INTERNAL "}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestAtAndWithCauseLeaveTheOriginalAlone(t *testing.T) {
	t.Parallel()
	base := problem.Invalid("amount", "is negative")
	moved := base.At("conversions", "3").WithCause(context.Canceled)
	if got := moved.Error(); got != "conversions.3.amount: is negative: context canceled" {
		t.Fatalf("got %q", got)
	}
	if base.Error() != "amount: is negative" {
		t.Fatalf("original changed: %q", base.Error())
	}
}

func TestOnlyInternalIsLoggedAsError(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  error
		want string
	}{
		{problem.NotFound("no such thing"), "level=INFO"},
		{errors.New("boom"), "level=ERROR"},
		{problem.Internal(context.Canceled, "query"), "level=DEBUG"},
	} {
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		problem.Log(t.Context(), log, "failed", tc.err)
		if !strings.Contains(out.String(), tc.want) {
			t.Errorf("%v: logged %q, want %s", tc.err, out.String(), tc.want)
		}
	}
}
