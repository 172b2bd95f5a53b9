package store

import (
	"errors"
	"fmt"

	"drey/server/service"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// errDamaged says what to do about a file that SQLite cannot read.
var errDamaged = errors.New("the database is damaged; put a copy of the data folder in its place, " +
	"or move the folder away and import what was exported")

// explain adds to SQLite's errors what they mean for who runs the server.
func explain(err error) error {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Code() & 0xff { // extended codes have more above
	case lib.SQLITE_FULL:
		return fmt.Errorf("%w: %w", service.ErrStorageFull, err)
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%w)", errDamaged, err)
	}
	return err
}
