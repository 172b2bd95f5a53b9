package cli

import (
	"io"
	"log"
	"os"
	"path/filepath"
)

// consoleLog is the file, in the state folder, of what libraries log while the
// console has the screen.
const consoleLog = "console.log"

// maxLog is when the file is begun again, in bytes.
const maxLog = 1 << 20

// logToFile keeps Go's own log off the screen: net/http, for one, says there
// what it thinks of a server. Without a file it goes nowhere. The function
// returned brings the log back.
func logToFile(dir string) (restore func()) {
	before := log.Writer()
	file, err := openLog(dir)
	if err != nil {
		log.SetOutput(io.Discard)
		return func() { log.SetOutput(before) }
	}
	log.SetOutput(file)
	return func() {
		log.SetOutput(before)
		_ = file.Close() // its lines were for nobody in particular
	}
}

func openLog(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path, flags := filepath.Join(dir, consoleLog), os.O_CREATE|os.O_WRONLY|os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	return os.OpenFile(path, flags, 0o600)
}
