package idempotency_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"

	"postrider/idempotency"
)

type inner struct {
	Rule graphql.Omittable[*string]
	N    *int
}

type input struct {
	Name           string
	At             *time.Time
	List           []string
	Inner          *inner
	Left           graphql.Omittable[*inner]
	IdempotencyKey *string
	cached         *string
}

func hash(t testing.TB, mutation string, in input) string {
	t.Helper()
	h, err := idempotency.Hash(mutation, in)
	must(t, err)
	return string(h)
}

func TestInputsThatDifferHaveHashesThatDiffer(t *testing.T) {
	t.Parallel()
	text, empty, n, zero := "x", "", 1, 0
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	later := moment.Add(time.Nanosecond)
	seen := map[string]int{}
	for i, in := range []input{
		{}, {Name: "x"}, {Name: "null"}, {List: []string{}}, {List: []string{""}}, {List: []string{"a", "b"}}, {List: []string{"a,b"}}, {List: []string{"b", "a"}},
		{At: &moment}, {At: &later}, {Inner: &inner{}}, {Inner: &inner{N: &n}}, {Inner: &inner{N: &zero}},
		{Inner: &inner{Rule: graphql.OmittableOf[*string](nil)}}, {Inner: &inner{Rule: graphql.OmittableOf(&text)}}, {Inner: &inner{Rule: graphql.OmittableOf(&empty)}},
		{Left: graphql.OmittableOf[*inner](nil)}, {Left: graphql.OmittableOf(&inner{})}, {Left: graphql.OmittableOf(&inner{Rule: graphql.OmittableOf[*string](nil)})},
	} {
		for _, mutation := range []string{"testPostback", "runScenarios"} {
			h := hash(t, mutation, in)
			if before, ok := seen[h]; ok {
				t.Errorf("inputs %d and %d have one hash", before, i)
			}
			seen[h] = i
		}
	}
}

// The key itself, the zone of a moment and what a resolver keeps in an input make no difference.
func TestTheSameInputHasTheSameHash(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) *string { return rapid.Ptr(rapid.String(), true).Draw(t, name) }
		at := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at"))
		there := at.In(time.FixedZone("there", 60*rapid.IntRange(-700, 700).Draw(t, "zone")))
		one := input{Name: rapid.String().Draw(t, "name"), At: &at, List: rapid.SliceOf(rapid.String()).Draw(t, "list"), IdempotencyKey: draw("key"), cached: draw("cached")}
		if rule := draw("rule"); rule != nil {
			one.Inner = &inner{Rule: graphql.OmittableOf(rule)}
		}
		other := one
		other.At, other.IdempotencyKey, other.cached = &there, draw("other key"), draw("other cached")
		a, err1 := idempotency.Hash("createOffer", one)
		b, err2 := idempotency.Hash("createOffer", &other)
		if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Fatalf("%x, %v and %x, %v", a, err1, b, err2)
		}
	})
}
