package pg

import (
	"fmt"
	"slices"
	"strings"
)

// planByKey has PostgreSQL plan only once, from key to row and through indexes, the statements
// that repeat and have the keys of their rows. By default it plans those with a short list of
// keys each time, which takes longer than running them; and a plan kept from when a table was
// empty scans all of it until the statistics are updated. A table without an index is scanned
// all the same, at a made-up cost that must not be high enough to trigger JIT compilation.
var planByKey = map[string]string{
	"plan_cache_mode":  "force_generic_plan",
	"enable_seqscan":   "off",
	"enable_hashjoin":  "off",
	"enable_mergejoin": "off",
	"jit":              "off",
}

// planByKeyLocally applies planByKey to the rest of a transaction.
var planByKeyLocally = func() string {
	var set []string
	for name, value := range planByKey {
		set = append(set, fmt.Sprintf("set_config('%s', '%s', true)", name, value))
	}
	slices.Sort(set) // always the same text, so that it is prepared once
	return "SELECT " + strings.Join(set, ", ")
}()
