package firing

import (
	"io"

	"postrider/internal/enum"
)

// Method is the HTTP method of a postback. It is in upper case, as in HTTP, in the database
// too.
type Method string

// The methods.
const (
	GET  Method = "GET"  // the expanded URL
	POST Method = "POST" // the values of its query as signed JSON
)

// Methods lists every Method.
func Methods() []Method { return []Method{GET, POST} }

// Values returns the database values, for ent.
func (Method) Values() []string { return enum.Strings(Methods()) }

// MarshalGQL writes the GraphQL name, for example GET.
func (m Method) MarshalGQL(w io.Writer) { enum.Write(w, m) }

// UnmarshalGQL reads the GraphQL name.
func (m *Method) UnmarshalGQL(v any) error { return enum.Read(v, m, Methods()) }
