package page

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// newestFirst is the name of the zero Order in the schema.
const newestFirst = "NEWEST_FIRST"

// Order is how the rows of a list are sorted: by their keys, which sort as they were made, or by a
// time, and by their keys where it is the same. The zero Order is newest first, by key.
type Order[T Row] struct {
	Name      string // in the schema; empty for newest first, by key
	Ascending bool
	Column    string            // of the time; empty for the keys
	At        func(T) time.Time // the time in a row
}

// place is where a cursor points: a key and, where rows are sorted by a time, that of the row.
type place struct {
	at  time.Time
	key any
}

// cursor returns the cursor of a row. In the default order it is the row's global id; in others it
// names its order, in which alone it means anything.
func (o Order[T]) cursor(row T) string {
	if o.Name == "" {
		return row.GlobalID()
	}
	id, _ := globalid.Parse(row.GlobalID())
	key := id.Key
	if o.Column != "" {
		key = strconv.FormatInt(o.At(row).UnixMicro(), 10) + "." + key
	}
	return base64.RawURLEncoding.EncodeToString([]byte(id.Kind + "/" + o.Name + ":" + key))
}

// parse reads a cursor of this order.
func (o Order[T]) parse(cursor string) (place, error) {
	id, ok := globalid.Parse(cursor)
	of, order, _ := strings.Cut(id.Kind, "/")
	if !ok || of != kind[T]() {
		return place{}, foreign(cursor)
	}
	if order != o.Name {
		return place{}, problem.Invalid("cursor", "%q is a cursor of the order %s, and this page has the order %s: start again without it, or ask for the order that it is of",
			cursor, cmp.Or(order, newestFirst), cmp.Or(o.Name, newestFirst))
	}
	var p place
	if o.Column != "" {
		micros, key, _ := strings.Cut(id.Key, ".")
		n, err := strconv.ParseInt(micros, 10, 64)
		if err != nil {
			return place{}, foreign(cursor)
		}
		p.at, id.Key = time.UnixMicro(n).UTC(), key
	}
	if u, ok := id.UUID(); ok {
		p.key = u
	} else if n, ok := id.Int(); ok {
		p.key = n
	} else {
		return place{}, foreign(cursor)
	}
	return p, nil
}

func foreign(cursor string) error {
	return problem.Invalid("cursor", "%q is not a cursor of this list", cursor)
}

// bounds returns the conditions that the page's cursors put on its rows.
func (o Order[T]) bounds(a Args) ([]func(*sql.Selector), error) {
	var conditions []func(*sql.Selector)
	for _, bound := range []struct {
		cursor *string
		later  bool
	}{{a.After, o.Ascending}, {a.Before, !o.Ascending}} {
		if bound.cursor == nil {
			continue
		}
		p, err := o.parse(*bound.cursor)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, o.beyond(p, bound.later))
	}
	return conditions, nil
}

// beyond matches the rows that are later, or earlier, than a place.
func (o Order[T]) beyond(p place, later bool) func(*sql.Selector) {
	one, both := sql.LT, sql.CompositeLT
	if later {
		one, both = sql.GT, sql.CompositeGT
	}
	return func(s *sql.Selector) {
		if o.Column == "" {
			s.Where(one(s.C("id"), p.key))
		} else {
			s.Where(both([]string{s.C(o.Column), s.C("id")}, p.at, p.key))
		}
	}
}

// sort sorts a selection, the other way round for the last rows of a list.
func (o Order[T]) sort(a Args) func(*sql.Selector) {
	by := sql.Desc
	if o.Ascending != (a.Last != nil) {
		by = sql.Asc
	}
	return func(s *sql.Selector) {
		if o.Column != "" {
			s.OrderBy(by(s.C(o.Column)))
		}
		s.OrderBy(by(s.C("id")))
	}
}
