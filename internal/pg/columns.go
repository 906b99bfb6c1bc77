package pg

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"
)

// Column is one column of rows that a statement writes together: its name, how its values are
// encoded, and how a row's value is read. Text and the functions like it make one.
type Column[T any] struct {
	name   string
	kind   string // of the array; empty if the statement computes the value itself
	value  string // what the statement writes into the column
	values func(rows []T) any
}

// Columns describes a row, one column per line: the statements and their array parameters are
// both made from it, so two neighbouring columns cannot be swapped.
type Columns[T any] []Column[T]

// Insert returns an INSERT of rows with one array parameter per column. The caller adds what
// follows it, such as ON CONFLICT.
func (c Columns[T]) Insert(table string) string {
	names, values := make([]string, len(c)), make([]string, len(c))
	for i, column := range c {
		names[i], values[i] = column.name, column.value
	}
	return c.Statement(fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s\nFROM rows\n", table, strings.Join(names, ", "), strings.Join(values, ", ")))
}

// Statement replaces "FROM rows" in text by the rows (named u, with the columns' names), and
// numbers the further parameters of Args, which are written $$1, $$2 and so on in text.
func (c Columns[T]) Statement(text string) string {
	arrays := 0
	for _, column := range c {
		if column.kind != "" {
			arrays++
		}
	}
	text = strings.Replace(text, "FROM rows", "FROM "+c.unnest(), 1)
	return further.ReplaceAllStringFunc(text, func(found string) string {
		n, _ := strconv.Atoi(found[2:])
		return "$" + strconv.Itoa(arrays+n)
	})
}

var further = regexp.MustCompile(`\$\$\d+`)

func (c Columns[T]) unnest() string {
	var arrays, names []string
	for _, column := range c {
		if column.kind == "" {
			continue
		}
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", len(arrays)+1, column.kind))
		names = append(names, column.name)
	}
	return fmt.Sprintf("unnest(%s) AS u(%s)", strings.Join(arrays, ", "), strings.Join(names, ", "))
}

// Args returns the arrays of rows, followed by the further parameters of the statement.
func (c Columns[T]) Args(rows []T, more ...any) []any {
	args := make([]any, 0, len(c)+len(more))
	for _, column := range c {
		if column.kind != "" {
			args = append(args, column.values(rows))
		}
	}
	return append(args, more...)
}

// Always is a column that has the same expression in every row: value is SQL over the other
// columns, by their names, and over further parameters ($$1).
func Always[T any](name, value string) Column[T] { return Column[T]{name: name, value: value} }

// As replaces what is written into the column by SQL over the columns, by their names.
func (c Column[T]) As(value string) Column[T] {
	c.value = value
	return c
}

// OrNull writes NULL for the zero value of the column's type.
func (c Column[T]) OrNull() Column[T] {
	zero := map[string]string{"text": "''", "bigint": "0", "int": "0", "float8": "0", "uuid": "'" + uuid.Nil.String() + "'"}[c.kind]
	return c.As("nullif(" + c.name + ", " + zero + ")")
}

// of returns a column whose array parameter is a slice of the values.
func of[T, V any](name, kind string, get func(*T) V) Column[T] {
	return Column[T]{name: name, kind: kind, value: name, values: func(rows []T) any {
		all := make([]V, len(rows))
		for i := range rows {
			all[i] = get(&rows[i])
		}
		return all
	}}
}

// Text is a column of text.
func Text[T any](name string, get func(*T) string) Column[T] { return of(name, "text", get) }

// Texts is a column of text[]. An array of arrays cannot be passed, so each is passed as text.
func Texts[T any](name string, get func(*T) []string) Column[T] {
	return of(name, "text", func(row *T) string {
		text, _ := pq.StringArray(append([]string{}, get(row)...)).Value() // it has no errors
		return text.(string)
	}).As(name + "::text[]")
}

// Numeric is a column of exact numbers, given as text; empty for NULL.
func Numeric[T any](name string, get func(*T) string) Column[T] {
	return of(name, "text", get).As("nullif(" + name + ", '')::numeric")
}

// JSON is a column of jsonb, given as text; empty for NULL.
func JSON[T any](name string, get func(*T) string) Column[T] {
	return of(name, "text", get).As("nullif(" + name + ", '')::jsonb")
}

// Bigint is a column of bigint: ids.
func Bigint[T any, ID ~int64](name string, get func(*T) ID) Column[T] {
	return of(name, "bigint", func(row *T) int64 { return int64(get(row)) })
}

// Int is a column of int: counts.
func Int[T any](name string, get func(*T) int) Column[T] { return of(name, "int", get) }

// Float is a column of double precision: measurements.
func Float[T any](name string, get func(*T) float64) Column[T] { return of(name, "float8", get) }

// Bool is a column of boolean.
func Bool[T any](name string, get func(*T) bool) Column[T] { return of(name, "bool", get) }

// Time is a column of timestamptz.
func Time[T any](name string, get func(*T) time.Time) Column[T] {
	return of(name, "timestamptz", func(row *T) time.Time { return get(row).UTC() })
}

// TimeOrNull is a column of timestamptz; nil for NULL.
func TimeOrNull[T any](name string, get func(*T) *time.Time) Column[T] {
	return of(name, "timestamptz", get)
}

// UUID is a column of uuid.
func UUID[T any](name string, get func(*T) uuid.UUID) Column[T] {
	return Column[T]{name: name, kind: "uuid", value: name, values: func(rows []T) any {
		all := make(UUIDs, len(rows))
		for i := range rows {
			all[i] = get(&rows[i])
		}
		return all
	}}
}
