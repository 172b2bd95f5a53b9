// Package clipboard copies text by whatever takes it: this machine's own clipboard, tmux's
// buffer, the terminal by OSC 52, which reaches through SSH, and a file where none does. It
// says which it was.
package clipboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/atotto/clipboard"

	"drey/themes"
	"drey/views"
)

// mostOSC52 is how much text terminals take by OSC 52.
const mostOSC52 = 70_000

// copyTime is how long a program that takes text may need.
const copyTime = 2 * time.Second

// Copier knows the ways from the program to a clipboard.
type Copier struct {
	// Terminal takes text by OSC 52; nil: there is none.
	Terminal interface{ Copy(text string) bool }
	Getenv   func(string) string
	Dir      string // of the file; "" for none
}

// Copy copies a text within copyTime, and says where it is now.
func (c Copier) Copy(ctx context.Context, msg views.CopyMsg) views.NoticeMsg {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	native := writeNative(msg.Text)
	if c.Getenv("TMUX") != "" {
		if err := loadBuffer(ctx, msg.Text); err == nil {
			return views.NoticeMsg{
				Text: "copied " + msg.What + " to tmux's buffer" + also(native == nil, " and the clipboard"),
				Tone: themes.Good,
			}
		}
	}
	// Without -w, or with an older tmux, OSC 52 reaches no further than tmux.
	if c.Terminal != nil && len(msg.Text) <= mostOSC52 && c.Terminal.Copy(msg.Text) && native != nil {
		return views.NoticeMsg{Text: "copied " + msg.What + " through the terminal (OSC 52)", Tone: themes.Good}
	}
	if native == nil {
		return views.NoticeMsg{Text: "copied " + msg.What, Tone: themes.Good}
	}
	path, err := writeFile(c.Dir, msg.Text)
	if err != nil {
		return views.NoticeMsg{
			Text: "could not copy " + msg.What + ": " + errors.Join(native, err).Error(), Tone: themes.Bad,
		}
	}
	return views.NoticeMsg{Text: "no clipboard here: wrote " + msg.What + " to " + path, Tone: themes.Warn}
}

func also(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// loadBuffer gives text to tmux, which passes it on to the terminal's clipboard
// where its own set-clipboard allows that. With tmux's defaults an OSC 52 from
// inside goes nowhere. tmux before 3.2 has no -w.
func loadBuffer(ctx context.Context, text string) error {
	if err := pipe(ctx, text, "tmux", "load-buffer", "-w", "-"); err == nil {
		return nil
	}
	return pipe(ctx, text, "tmux", "load-buffer", "-")
}

func pipe(ctx context.Context, text, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin = bytes.NewBufferString(text)
	return cmd.Run()
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
