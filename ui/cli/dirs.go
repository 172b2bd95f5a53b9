package cli

import (
	"path/filepath"

	"drey/ui/config"
)

// cacheDir takes rows that are too many for the memory.
func cacheDir(getenv func(string) string) string {
	return filepath.Join(config.BaseDir(getenv, "XDG_CACHE_HOME", ".cache"), "drey")
}

// stateDir has drafts, history and the log.
func stateDir(getenv func(string) string) string {
	return filepath.Join(config.BaseDir(getenv, "XDG_STATE_HOME", filepath.Join(".local", "state")), "drey")
}
