package cli

import (
	"os"
	"path/filepath"
)

// cacheDir takes rows that are too many for the memory.
func cacheDir(getenv func(string) string) string {
	return filepath.Join(baseDir(getenv, "XDG_CACHE_HOME", ".cache"), "drey")
}

// homeDir is what ~ stands for.
func homeDir(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return home
	}
	home, _ := os.UserHomeDir() // unknown: "", and ~ is refused
	return home
}
