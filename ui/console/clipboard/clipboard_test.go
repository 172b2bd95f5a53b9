package clipboard

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"drey/themes"
	"drey/ui/console/tty"
	"drey/views"
)

// noClipboard lets no program of this machine take text.
func noClipboard(t *testing.T) {
	t.Helper()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
}

// sequences is a terminal that keeps what is copied.
type sequences struct {
	tty.Plain
	texts []string
}

func (s *sequences) Copy(text string) bool {
	s.texts = append(s.texts, text)
	return true
}

func TestCopyingOutsideOfTmuxGoesThroughTheTerminal(t *testing.T) {
	noClipboard(t)
	terminal := &sequences{}
	c := Copier{Terminal: terminal, Getenv: func(string) string { return "" }}
	got := c.Copy(t.Context(), views.CopyMsg{What: "orders", Text: "a\x1bb"})
	if len(terminal.texts) != 1 || terminal.texts[0] != "a\x1bb" ||
		!strings.Contains(got.Text, "through the terminal") {
		t.Errorf("got %q and %q", terminal.texts, got.Text)
	}
}

func TestWhatNoClipboardTakesGoesToAFileWhosePathIsTold(t *testing.T) {
	noClipboard(t)
	dir := t.TempDir()
	c := Copier{Terminal: &sequences{}, Getenv: func(string) string { return "" }, Dir: dir}
	text := strings.Repeat("x", mostOSC52+1)
	got := c.Copy(t.Context(), views.CopyMsg{What: "all", Text: text})
	path := filepath.Join(dir, "copied.txt")
	if written, err := os.ReadFile(path); err != nil || string(written) != text || !strings.Contains(got.Text, path) {
		t.Errorf("%v: wrote %d bytes, said %q", err, len(written), got.Text)
	}
}

// TestCopyingInTmuxReachesItsBuffer runs a tmux server of its own with tmux's
// defaults, where no escape sequence of a program reaches a clipboard.
func TestCopyingInTmuxReachesItsBuffer(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tmux is missing, which .ci/run installs")
		}
		t.Skip("tmux is not installed here; .ci/run installs it")
	}
	noClipboard(t)
	socket := filepath.Join(t.TempDir(), "s")
	tmux := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(
			t.Context(), "tmux", append([]string{"-S", socket, "-f", "/dev/null"}, args...)...,
		).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v %s", args, err, out)
		}
		return string(out)
	}
	tmux("new-session", "-d", "sleep 60")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() })
	t.Setenv("TMUX", socket+",1,0") // what tmux's own commands go by
	terminal := &tty.Terminal{Screen: tty.NewScreen(io.Discard), Getenv: os.Getenv}
	c := Copier{Terminal: terminal, Getenv: os.Getenv, Dir: t.TempDir()}
	const text = "one\ntwo é\n"
	got := c.Copy(t.Context(), views.CopyMsg{What: "orders", Text: text})
	if !strings.Contains(got.Text, "tmux") || got.Tone != themes.Good {
		t.Errorf("said %q", got.Text)
	}
	if buffer := tmux("show-buffer"); buffer != text {
		t.Errorf("tmux holds %q, want %q", buffer, text)
	}
}
