package pg

import (
	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// UUIDs is an array parameter of ids that is encoded as it is. For a plain slice pgx would ask
// each element for its text.
type UUIDs []uuid.UUID

// Dimensions returns the dimensions of the array.
func (u UUIDs) Dimensions() []pgtype.ArrayDimension {
	if u == nil {
		return nil
	}
	return []pgtype.ArrayDimension{{Length: int32(len(u)), LowerBound: 1}} //nolint:gosec // PostgreSQL's own limit
}

// Index returns one element.
func (u UUIDs) Index(i int) any { return (*uuidElement)(&u[i]) }

// IndexType returns a value of the type that Index returns.
func (UUIDs) IndexType() any { return (*uuidElement)(nil) }

// uuidElement is an id that pgx encodes in place.
type uuidElement uuid.UUID

// UUIDValue returns the bytes of the id.
func (e *uuidElement) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: *e, Valid: true}, nil
}
