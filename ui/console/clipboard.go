package console

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
	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
)

// maxOSC52 is how much text terminals take by OSC 52.
const maxOSC52 = 70_000

// copyTime is how long a program that takes text may need.
const copyTime = 2 * time.Second

type copiedMsg struct{ notice views.NoticeMsg }

// copy puts text on a clipboard and says which: this machine's own, tmux's, the
// terminal's by OSC 52, which reaches through SSH. Where none of them takes it,
// it goes to a file, whose path is told.
func (r *Root) copy(msg views.CopyMsg) tea.Cmd {
	c := copier{terminal: r.terminal, getenv: r.opts.Getenv, dir: r.opts.StateDir}
	return r.box.Ask("copy", func(ctx context.Context) tea.Msg { return copiedMsg{c.copy(ctx, msg)} })
}

// copier knows the ways from the program to a clipboard.
type copier struct {
	terminal Terminal
	getenv   func(string) string
	dir      string // of the file; "" for none
}

func (c copier) copy(ctx context.Context, msg views.CopyMsg) views.NoticeMsg {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	native := writeNative(msg.Text)
	if c.getenv("TMUX") != "" {
		if err := loadBuffer(ctx, msg.Text); err == nil {
			return views.NoticeMsg{
				Text: "copied " + msg.What + " to tmux's buffer" + also(native == nil, " and the clipboard"),
				Tone: doneTone,
			}
		}
	}
	// Without -w, or with an older tmux, OSC 52 reaches no further than tmux.
	if c.terminal != nil && len(msg.Text) <= maxOSC52 && c.terminal.Copy(msg.Text) && native != nil {
		return views.NoticeMsg{Text: "copied " + msg.What + " through the terminal (OSC 52)", Tone: doneTone}
	}
	if native == nil {
		return views.NoticeMsg{Text: "copied " + msg.What, Tone: doneTone}
	}
	path, err := writeFile(c.dir, msg.Text)
	if err != nil {
		return views.NoticeMsg{
			Text: "could not copy " + msg.What + ": " + errors.Join(native, err).Error(), Tone: themes.Bad,
		}
	}
	return views.NoticeMsg{Text: "no clipboard here: wrote " + msg.What + " to " + path, Tone: warnTone}
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
