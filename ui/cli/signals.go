package cli

import (
	"fmt"
	"strconv"
	"strings"

	"drey/ui/console/tty"
)

// signals are what a terminal is told beside the picture. One that can do nothing is
// told nothing.
func (of consoleFor) signals(getenv func(string) string) (progress bool, notify string, err error) {
	switch word := of.config.Progress; word {
	case "", "auto":
		progress = showsProgress(getenv)
	case "on", "off":
		progress = word == "on"
	default:
		return false, "", of.config.Blame("progress", fmt.Errorf("progress %q: there are auto, on, off", word))
	}
	switch notify = of.config.Notify; notify {
	case "":
		notify = tty.NotifyBell
	case tty.NotifyBell, tty.NotifyOSC9, tty.NotifyOff:
	default:
		return false, "", of.config.Blame("notify", fmt.Errorf("notify %q: there are bell, osc9, off", notify))
	}
	if dumb(getenv) {
		return false, tty.NotifyOff, nil
	}
	return progress, notify, nil
}

func dumb(getenv func(string) string) bool { return getenv("TERM") == "dumb" || getenv("TERM") == "" }

// showsProgress tells of terminals that are known to take OSC 9;4 for progress. Others
// may show its text as a notification, and tmux and screen pass it on to nobody.
func showsProgress(getenv func(string) string) bool {
	if getenv("TMUX") != "" || strings.HasPrefix(getenv("TERM"), "screen") {
		return false
	}
	vte, _ := strconv.Atoi(getenv("VTE_VERSION"))
	return getenv("WT_SESSION") != "" || getenv("ConEmuANSI") == "ON" || getenv("TERM_PROGRAM") == "ghostty" ||
		vte >= 8000
}
