package pg

import (
	"fmt"
	"slices"
	"strings"
)

// planByKey is how PostgreSQL plans statements that are the same again and again
// and know the keys of their rows: once, from key to row, through indexes. Left
// to itself it plans those with a short list of keys anew each time, which takes
// longer than they do; and a plan that it keeps from when a table was empty reads
// the whole of it, until the statistics are made that say how long it has become.
// What has no index is read as a whole all the same, at a made-up price that must
// not make it worth compiling.
var planByKey = map[string]string{
	"plan_cache_mode":  "force_generic_plan",
	"enable_seqscan":   "off",
	"enable_hashjoin":  "off",
	"enable_mergejoin": "off",
	"jit":              "off",
}

// planByKeyLocally is planByKey for the rest of a transaction.
var planByKeyLocally = func() string {
	var set []string
	for name, value := range planByKey {
		set = append(set, fmt.Sprintf("set_config('%s', '%s', true)", name, value))
	}
	slices.Sort(set) // one text, so that it is prepared once
	return "SELECT " + strings.Join(set, ", ")
}()
