package installation

import (
	"context"
	"database/sql"
	"fmt"
)

// RememberURL keeps how the process that serves is reached, for commands beside it.
func RememberURL(ctx context.Context, db *sql.DB, url string) error {
	if _, err := db.ExecContext(ctx, `UPDATE installation SET public_url = $1 WHERE public_url IS DISTINCT FROM $1`, url); err != nil {
		return fmt.Errorf("remembering the public URL: %w", err)
	}
	return nil
}

// URL gives what RememberURL kept last; empty where nothing has served yet.
func URL(ctx context.Context, db *sql.DB) (url string, err error) {
	if err := db.QueryRowContext(ctx, `SELECT coalesce(public_url, '') FROM installation`).Scan(&url); err != nil {
		return "", fmt.Errorf("reading the public URL: %w", err)
	}
	return url, nil
}
