package embedded

import "drey/server/engine/embedded/sql"

func newStatements(dir string, o Options) statements {
	return sql.New(sql.Options{Dir: dir, Now: o.Now, Tables: o.Tables, Files: o.Files})
}
