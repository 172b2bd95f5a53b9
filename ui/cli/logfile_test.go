package cli

import (
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLogOfLibrariesGoesToAFileWhileTheConsoleIsOpen(t *testing.T) {
	dir, before := t.TempDir(), log.Writer()
	restore := logToFile(dir)
	log.Print("Unsolicited response received on idle HTTP channel")
	restore()
	text, err := os.ReadFile(filepath.Join(dir, consoleLog))
	if err != nil || !strings.Contains(string(text), "Unsolicited response") {
		t.Errorf("got %q, %v", text, err)
	}
	if log.Writer() != before {
		t.Error("the log was not given back")
	}
	restore = logToFile(filepath.Join(dir, consoleLog, "no folder"))
	log.Print("goes nowhere")
	restore()
}
