package feed

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"
)

// Snapshot is which transactions had ended at one time: all below Max, but for those that were
// still running. The zero Snapshot saw none.
type Snapshot struct {
	Max     int64   // the first id that had not been assigned yet
	Running []int64 // below Max, in ascending order
}

// Saw reports whether the rows of a transaction were visible. Rows from before stamps have none,
// and count as those of transaction 0: every snapshot but the zero one saw them.
func (s Snapshot) Saw(tx int64) bool {
	if tx >= s.Max {
		return false
	}
	_, running := slices.BinarySearch(s.Running, tx)
	return !running
}

// Equal reports whether two snapshots saw the same transactions.
func (s Snapshot) Equal(t Snapshot) bool {
	return s.Max == t.Max && slices.Equal(s.Running, t.Running)
}

// parseSnapshot parses PostgreSQL's txid_snapshot, xmin:xmax:running.
func parseSnapshot(text string) (s Snapshot, err error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return s, fmt.Errorf("%q is no snapshot", text)
	}
	if s.Max, err = strconv.ParseInt(parts[1], 10, 64); err != nil {
		return s, fmt.Errorf("reading the snapshot %q: %w", text, err)
	}
	if parts[2] == "" {
		return s, nil
	}
	for id := range strings.SplitSeq(parts[2], ",") {
		tx, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return s, fmt.Errorf("reading the snapshot %q: %w", text, err)
		}
		s.Running = append(s.Running, tx)
	}
	slices.Sort(s.Running)
	return s, nil
}

// Window is the rows that one snapshot did not see and a later one did: a fixed set.
type Window struct{ After, UpTo Snapshot }

// Has reports whether a row with the stamp belongs to the window.
func (w Window) Has(tx int64) bool { return !w.After.Saw(tx) && w.UpTo.Saw(tx) }

// fromTheStart reports whether the window has every row there is.
func (w Window) fromTheStart() bool { return w.After.Max == 0 }

// Select restricts a selection to the window's rows: Has in SQL.
func (w Window) Select(s *sql.Selector) {
	tx := s.C("tx")
	seen := sql.And(sql.LT(tx, w.UpTo.Max), sql.NotIn(tx, list(w.UpTo.Running)...))
	if w.fromTheStart() {
		s.Where(sql.Or(sql.IsNull(tx), seen))
		return
	}
	s.Where(sql.And(sql.Or(sql.GTE(tx, w.After.Max), sql.In(tx, list(w.After.Running)...)), seen))
}

func list(ids []int64) []any {
	found := make([]any, len(ids))
	for i, id := range ids {
		found[i] = id
	}
	return found
}
