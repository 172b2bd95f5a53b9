package embedded

import (
	"time"

	"drey/server/engine/embedded/sql"
)

func newStatements(dir string, now func() time.Time) statements {
	return sql.New(sql.Options{Dir: dir, Now: now})
}
