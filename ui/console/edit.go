package console

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/browse"
	"drey/views/edit"
	"drey/views/grid"
)

// editFile opens a file in the person's own editor.
func (r *Root) editFile(msg views.EditFileMsg) tea.Cmd {
	if r.terminal == nil || r.opts.Editor == "" {
		return views.Send(msg.Done(views.ErrNoEditor))
	}
	return r.terminal.Run(editorCommand(r.opts.Editor, msg.Path, msg.Line), func(err error) tea.Msg {
		return msg.Done(editorError(r.opts.Editor, err))
	})
}

// notFound is the status with which a shell ends that cannot run a command.
const notFound = 126

// editorError says how an editor ended, nil where it ended well.
func editorError(editor string, err error) error {
	var exit *exec.ExitError
	name := strings.Fields(editor)[0]
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitCode()&^1 != notFound:
		return fmt.Errorf("%s ended with %w", name, err)
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause
	}
	return fmt.Errorf("%w: %s (%w)", views.ErrNoEditor, name, err)
}

// linewise are the editors that begin at a line with +N before the path.
var linewise = []string{
	"vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "joe", "kak", "ne", "mg", "jed",
}

// editorCommand runs an editor on a file. Its words are those of the shell, as in
// $EDITOR.
func editorCommand(editor, path string, line int) *exec.Cmd {
	words := strings.Fields(editor)
	var args []string
	if program := filepath.Base(words[0]); line > 1 && slices.Contains(linewise, program) {
		args = append(args, "+"+strconv.Itoa(line))
	}
	args = append(args, path)
	if runtime.GOOS == "windows" || !strings.ContainsAny(editor, "\"'\\$`&|;<>()*?~") {
		return exec.Command(words[0], append(words[1:], args...)...)
	}
	return exec.Command("/bin/sh", append([]string{"-c", editor + ` "$@"`, editor}, args...)...)
}

// waitingDraftsMsg tells what is edited in a context and not applied.
type waitingDraftsMsg struct {
	of   *space.Space
	list []views.Draft
	err  error
}

// lookForDrafts finds what earlier consoles left edited and not applied.
func (r *Root) lookForDrafts(s *space.Space) tea.Cmd {
	drafts := s.Env.Editing.Drafts
	if drafts == nil {
		return nil
	}
	return r.box.Ask("drafts of "+s.Name, func(context.Context) tea.Msg {
		list, err := drafts.List()
		return waitingDraftsMsg{s, edit.DraftsOf(list, s.Env.Server.Name), err}
	})
}

// handleWaitingDrafts says what waits: who wrote it may have forgotten it, or was
// at it when the console was killed.
func (r *Root) handleWaitingDrafts(msg waitingDraftsMsg) {
	if msg.of != r.Space || msg.err == nil && len(msg.list) == 0 {
		return // nothing waits
	}
	key := r.Env.Keys.Global.Palette.Help().Key + "drafts"
	switch n := len(msg.list); {
	case msg.err != nil:
		r.say(views.NoticeMsg{Tone: warnTone, Text: "drafts could not be read: " + msg.err.Error()})
	case n == 1:
		r.say(views.NoticeMsg{
			Tone: themes.Accent,
			Text: "a draft of " + edit.DraftName(msg.list[0]) + " is not applied: " + key +
				" goes on with it or drops it",
		})
	default:
		r.say(views.NoticeMsg{
			Tone: themes.Accent, Text: grid.Thousands(n) + " drafts are not applied: " + key + " lists them",
		})
	}
}

// draftsMsg opens the drafts of the context in front.
type draftsMsg struct{}

// openDrafts lists what is edited in the context in front and not applied.
func (r *Root) openDrafts() tea.Cmd {
	rules := map[string]*edit.Rules{}
	for _, k := range r.Session.Kinds {
		if e := browse.EditorOf(k); e != nil {
			rules[e.Kind] = e
		}
	}
	return r.Push(space.Page{Title: "drafts", Make: func(env *views.Env) views.View { return edit.NewDrafts(env, rules) }})
}
