package pg

import (
	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// UUIDs is a column of ids that is written as it is. pgx takes a plain slice of
// them for something that must be asked for its text, one by one.
type UUIDs []uuid.UUID

// Dimensions are those of an array.
func (u UUIDs) Dimensions() []pgtype.ArrayDimension {
	if u == nil {
		return nil
	}
	return []pgtype.ArrayDimension{{Length: int32(len(u)), LowerBound: 1}} //nolint:gosec // PostgreSQL's own limit
}

// Index gives one id.
func (u UUIDs) Index(i int) any { return (*uuidElement)(&u[i]) }

// IndexType tells what Index gives.
func (UUIDs) IndexType() any { return (*uuidElement)(nil) }

// uuidElement is an id that pgx reads in place.
type uuidElement uuid.UUID

// UUIDValue gives its bytes.
func (e *uuidElement) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: *e, Valid: true}, nil
}
