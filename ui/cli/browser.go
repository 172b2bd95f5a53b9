package cli

import (
	"io"
	"runtime"

	"github.com/cli/browser"
)

// browserOf shows addresses of the web in the browser of this machine; nil where nobody
// would see one: over SSH, and on Unix without a screen, where a browser for terminals
// would take this one.
func browserOf(getenv func(string) string) func(url string) error {
	if getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != "" {
		return nil
	}
	switch runtime.GOOS {
	case "darwin", "windows":
	default:
		if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" && getenv("WSL_DISTRO_NAME") == "" {
			return nil
		}
	}
	browser.Stdout, browser.Stderr = io.Discard, io.Discard // the screen is the console's
	return browser.OpenURL
}
