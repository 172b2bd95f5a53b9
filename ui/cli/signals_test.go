package cli

import (
	"testing"

	"drey/ui/config"
)

func TestTerminalsAreToldWhatTheyKnow(t *testing.T) {
	for _, c := range []struct {
		progress, notify string
		env              map[string]string
		shows            bool
		how              string
		wrong            bool
	}{
		{"", "", map[string]string{"TERM": "xterm-256color"}, false, "bell", false},
		{"", "", map[string]string{"TERM": "xterm-256color", "WT_SESSION": "1"}, true, "bell", false},
		{"auto", "osc9", map[string]string{"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}, true, "osc9", false},
		{"", "", map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "7600"}, false, "bell", false},
		{"", "", map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "8001"}, true, "bell", false},
		{"", "", map[string]string{"TERM": "tmux-256color", "TMUX": "/tmp/t", "WT_SESSION": "1"}, false, "bell", false},
		{"on", "off", map[string]string{"TERM": "xterm"}, true, "off", false},
		{"on", "bell", map[string]string{"TERM": "dumb"}, false, "off", false},
		{"on", "bell", nil, false, "off", false},
		{"perhaps", "", map[string]string{"TERM": "xterm"}, false, "", true},
		{"", "loudly", map[string]string{"TERM": "xterm"}, false, "", true},
	} {
		of := consoleFor{config: config.Config{Progress: c.progress, Notify: c.notify}}
		shows, how, err := of.signals(func(name string) string { return c.env[name] })
		if shows != c.shows || how != c.how || (err != nil) != c.wrong {
			t.Errorf("%+v: got %v, %q, %v", c, shows, how, err)
		}
	}
}
