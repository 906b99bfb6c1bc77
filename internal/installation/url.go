package installation

import (
	"context"
	"database/sql"
	"fmt"
)

// RememberURL stores the URL of the process that serves, for commands run beside it.
func RememberURL(ctx context.Context, db *sql.DB, url string) error {
	if _, err := db.ExecContext(ctx, `UPDATE installation SET public_url = $1 WHERE public_url IS DISTINCT FROM $1`, url); err != nil {
		return fmt.Errorf("remembering the public URL: %w", err)
	}
	return nil
}

// URL returns the URL that RememberURL stored last; empty if nothing has served yet.
func URL(ctx context.Context, db *sql.DB) (url string, err error) {
	if err := db.QueryRowContext(ctx, `SELECT coalesce(public_url, '') FROM installation`).Scan(&url); err != nil {
		return "", fmt.Errorf("reading the public URL: %w", err)
	}
	return url, nil
}
