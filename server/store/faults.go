package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"drey/server/model"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// explain adds to SQLite's errors what they mean for who runs the server.
func explain(err error) error {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Code() & 0xff { // extended codes have more above
	case lib.SQLITE_FULL:
		return fmt.Errorf("%w: %w", model.ErrStorageFull, err)
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%w)", model.ErrStorageDamaged, err)
	case lib.SQLITE_IOERR:
		if fault.Code() == lib.SQLITE_IOERR_WRITE || fault.Code() == lib.SQLITE_IOERR_FSYNC ||
			fault.Code() == lib.SQLITE_IOERR_TRUNCATE {
			return fmt.Errorf("%w: %w", model.ErrStorageUnwritable, err)
		}
	}
	return err
}

// mostChecked is the largest file that is looked through before it is served:
// a tenth of a second for 100 MB.
const mostChecked = 512 << 20

// check looks through a file for pages that SQLite cannot make sense of.
func check(ctx context.Context, db *sql.DB, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() > mostChecked {
		return nil
	}
	if err != nil {
		return err
	}
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w (%s)", model.ErrStorageDamaged, found)
	}
	return nil
}
