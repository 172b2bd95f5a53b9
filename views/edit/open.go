package edit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/yamljson"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit/yamldoc"
)

// Start is what an edit begins with. Its zero value but for Target is the object
// as it is, or the draft of it that is kept.
type Start struct {
	// Target is the object; of a new one its Scope and Parent are where the person
	// is.
	Target views.Ref
	New    bool
	Copy   bool   // a new one begins as a copy of Target
	File   bool   // a new one begins as a file whose path is asked for
	Draft  string // id of a draft to go on with
	// Change changes the text that an object that is there begins with, such as by values
	// of another one; nil: it begins as it is. A draft that is kept is not changed.
	Change func(doc any) any
	// Through sends the change in another way than applying it; nil: it is applied.
	Through *Through
}

// Through is a way to send a change in several steps, which are done, written down and
// gone on with by who gave it.
type Through struct {
	Verb   views.Verb
	Plan   func(Change) []views.Step
	Refuse func(Change) error // nil, or why the change cannot be sent so
	// Run sends it; draft is the id of its text, and done is called once it is done.
	Run func(c Change, doing, draft string, done func()) tea.Cmd
}

// opened is a text to begin with.
type opened struct {
	draft views.Draft
	first string // the text without any change
	// resumed tells that the text is one that was kept.
	resumed bool
	notice  string
	places  []string // where a new object may go to, as far as it is known
}

// open makes the text of an edit.
func (r *Rules) open(ctx context.Context, env *views.Env, start Start, path string) (opened, error) {
	drafts := env.Editing.Drafts
	if start.Draft != "" {
		return r.resume(start.Draft, drafts)
	}
	if start.New {
		return r.openNew(ctx, env, start, path)
	}
	notice := ""
	if drafts != nil && !r.Private {
		list, err := drafts.List()
		if err != nil {
			notice = "drafts could not be read: " + err.Error()
		}
		for _, d := range list {
			if d.New || !sameObject(d.Target, start.Target) || d.Target.Context != env.Server.Name {
				continue
			}
			out, err := r.resume(d.ID, drafts)
			if err == nil {
				if start.Change != nil {
					out.notice = "a draft of it is kept, and goes on as it was: nothing was taken into it"
				}
				return out, nil
			}
			notice = "a draft of it is kept, but " + err.Error()
		}
	}
	raw, err := r.Read(ctx, start.Target)
	if err != nil {
		return opened{}, err
	}
	text, err := r.Text(raw)
	out := opened{draft: views.Draft{Target: start.Target, Base: raw, Text: text}, first: text, notice: notice}
	if err == nil && start.Change != nil {
		out.draft.Text, err = r.changedText(raw, start.Change)
	}
	return out, err
}

// changedText is the text of an object after a change.
func (r *Rules) changedText(raw json.RawMessage, change func(any) any) (string, error) {
	doc, err := diff.Parse(raw)
	if err != nil {
		return "", err
	}
	changed, err := json.Marshal(change(doc))
	if err != nil {
		return "", fmt.Errorf("write what was taken: %w", err)
	}
	return r.Text(changed)
}

func sameObject(a, b views.Ref) bool {
	return a.Kind == b.Kind && a.Scope == b.Scope && a.Parent == b.Parent && a.Name == b.Name
}

// resume goes on with a draft.
func (r *Rules) resume(id string, drafts views.Drafts) (opened, error) {
	if drafts == nil {
		return opened{}, errors.New("no drafts are kept")
	}
	d, err := drafts.Open(id)
	if err != nil {
		return opened{}, err
	}
	out := opened{draft: d, resumed: true}
	out.draft.Text = yamldoc.WithoutErrors(d.Text)
	if !d.New {
		out.first, err = r.Text(d.Base)
	}
	return out, err
}

// openNew begins a new object: from a template, as a copy, or from a file.
func (r *Rules) openNew(ctx context.Context, env *views.Env, start Start, path string) (opened, error) {
	target := views.Ref{Kind: r.Kind, Scope: start.Target.Scope, Parent: start.Target.Parent}
	out := opened{draft: views.Draft{Target: target, New: true}}
	within := r.here(start.Target)
	switch {
	case start.File:
		text, err := env.Editing.ReadFile(path)
		if err != nil {
			return out, err
		}
		out.draft.Text = r.placed(text, within)
	case start.Copy:
		raw, err := r.Read(ctx, start.Target)
		if fault.Is(err, fault.NotFound) {
			err = errAbsent
		}
		if err != nil {
			return out, err
		}
		text, err := r.copied(raw)
		if err != nil {
			return out, err
		}
		out.draft.Text = "# A copy of " + start.Target.Name + ": it needs a name of its own, or goes elsewhere.\n" +
			r.placed(text, within)
		out.first = out.draft.Text
	default:
		out.draft.Text = r.Template(within)
		if within == "" && r.Within != "" && r.Places != nil {
			places, _ := r.Places(ctx) // the review says why they are not known
			out.draft.Text = r.withPlaces(out.draft.Text, places)
		}
		out.first = out.draft.Text
	}
	return out, nil
}

// withPlaces says in a template where the object may go to: the only place there is, or
// a comment that lists them.
func (r *Rules) withPlaces(text string, places []string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		rest, ok := strings.CutPrefix(line, r.Within+":")
		switch {
		case !ok || len(places) == 0:
			continue
		case len(places) == 1:
			lines[i] = r.Within + ": " + places[0] + " " + strings.TrimLeft(rest, " ")
		default:
			shown := places[:min(len(places), mostPlaces)]
			comment := "# there are " + strings.Join(shown, ", ")
			if more := len(places) - len(shown); more > 0 {
				comment += fmt.Sprintf(" and %d more", more)
			}
			lines[i] = line + comment + "\n"
		}
		break
	}
	return strings.Join(lines, "")
}

// here is what Within says of where the person is.
func (r *Rules) here(ref views.Ref) string {
	if r.Here != nil {
		return r.Here(ref)
	}
	if ref.Parent != "" {
		return ref.Parent
	}
	return ref.Scope
}

// copied is the text of a copy.
func (r *Rules) copied(raw json.RawMessage) (string, error) {
	if r.Write != nil {
		return r.Write(raw)
	}
	return yamldoc.Render(raw, func(path []string) bool { return r.Hidden(path) || r.Copied != nil && r.Copied(path) })
}

// placed puts where a new object goes to before its text, unless that says so
// itself. A file of JSON becomes YAML.
func (r *Rules) placed(text, within string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if written, err := yamldoc.Render(json.RawMessage(text), nil); err == nil {
			text = written
		}
	}
	if r.Within == "" {
		return text
	}
	head, lines := 0, strings.SplitAfter(text, "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, r.Within+":") {
			return text
		}
	}
	for head < len(lines)-1 && (strings.TrimSpace(lines[head]) == "" || lines[head][0] == '#' ||
		strings.HasPrefix(lines[head], "---")) {
		head++
	}
	return strings.Join(lines[:head], "") + r.placeLine(within) + strings.Join(lines[head:], "")
}

// placeLine says where a new object goes to.
func (r *Rules) placeLine(within string) string {
	value := ""
	if within != "" {
		value = " " + yamljson.Text(within).Value
		if yamljson.Text(within).Style != 0 {
			value = fmt.Sprintf(" %q", within)
		}
	}
	return r.Within + ":" + value + " # where it goes to; this line is not sent\n"
}
