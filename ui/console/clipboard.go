package console

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/atotto/clipboard"
	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
)

// maxOSC52 is how much text terminals take by OSC 52.
const maxOSC52 = 70_000

type copiedMsg struct{ notice views.NoticeMsg }

// copy puts text on the clipboard: by OSC 52, which reaches the terminal also
// through SSH, and by the machine's own clipboard. What is too long for the one
// and has not the other goes to a file, whose path is told.
func (r *Root) copy(msg views.CopyMsg) tea.Cmd {
	sent := r.terminal != nil && len(msg.Text) <= maxOSC52
	if sent {
		r.terminal.Copy(msg.Text)
	}
	dir := r.opts.StateDir
	return r.box.Ask("copy", func(context.Context) tea.Msg {
		err := writeNative(msg.Text)
		if err == nil || sent {
			return copiedMsg{views.NoticeMsg{Text: "copied " + msg.What, Tone: doneTone}}
		}
		path, fileErr := writeFile(dir, msg.Text)
		if fileErr != nil {
			return copiedMsg{views.NoticeMsg{Text: "could not copy " + msg.What + ": " + errors.Join(err, fileErr).Error(), Tone: themes.Bad}}
		}
		return copiedMsg{views.NoticeMsg{Text: "no clipboard here: wrote " + msg.What + " to " + path, Tone: warnTone}}
	})
}

func writeNative(text string) error {
	if clipboard.Unsupported {
		return errors.New("no clipboard program")
	}
	return clipboard.WriteAll(text)
}

func writeFile(dir, text string) (string, error) {
	if dir == "" {
		return "", errors.New("no state folder")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make state folder: %w", err)
	}
	path := filepath.Join(dir, "copied.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write: %w", err)
	}
	return path, nil
}
