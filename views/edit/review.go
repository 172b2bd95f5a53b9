package edit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"drey/client/fault"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit/yamldoc"
)

// Review is what is known of a draft before it is sent: what is wrong with it,
// what differs, and what others changed meanwhile.
type Review struct {
	Change   Change
	Problems []yamldoc.Problem
	// Compared tells that the text could be read as an object, and was compared.
	Compared bool
	// Conflicts are what both sides changed, each to something else, and nobody
	// has decided about.
	Conflicts []diff.Conflict
	// Decided are conflicts that the person decided.
	Decided []Decision
	// Yours is what will be changed.
	Yours []diff.Entry
	// Remarks are said at values that are compared.
	Remarks []Remark
	Doc     yamldoc.Document
}

// Remark is what is said at a value and at all that is in it.
type Remark struct {
	Path diff.Path
	Text string
}

// remarkAt is what is said at a value, "" for nothing.
func (r *Review) remarkAt(path diff.Path) string {
	for _, m := range r.Remarks {
		if len(m.Path) <= len(path) && slices.Equal(m.Path, path[:len(m.Path)]) {
			return m.Text
		}
	}
	return ""
}

// Decision is what becomes of a conflict.
type Decision struct {
	diff.Conflict
	Mine bool // else the server's value stays
	Open bool // nobody has decided yet
}

// key is the same for the same conflict: when the server's value changes again it
// is another one.
func key(c diff.Conflict) string { return c.Path.String() + "\x00" + c.Live }

// Unchanged tells that there is nothing to send.
func (r Review) Unchanged() bool {
	return r.Compared && !r.Change.New && diff.Equal(r.Change.Live, r.Change.Merged)
}

// Ready tells that it can be sent.
func (r Review) Ready() bool {
	return yamldoc.Errors(r.Problems) == 0 && len(r.Conflicts) == 0 && r.Compared && !r.Unchanged()
}

// Fingerprint differs when something else would be sent, or to something else.
func (r Review) Fingerprint() string {
	live, _ := json.Marshal(r.Change.Live)
	sum := sha256.Sum256(append(append(r.Change.Body(), 0), live...))
	return hex.EncodeToString(sum[:8])
}

// Review reads a draft's text, reads the object as it is now, and puts both
// together. decided are the conflicts that the person has decided, by key. The
// error is one of reading the object: there is no review then.
func (r *Rules) Review(ctx context.Context, draft views.Draft, decided map[string]bool) (Review, error) {
	places, placesErr := r.places(ctx, draft)
	out := Review{Doc: yamldoc.Read(ctx, draft.Text, r.schema(draft, places))}
	out.Problems = slices.Clone(out.Doc.Problems)
	out.Change = Change{Target: draft.Target, New: draft.New}
	if placesErr != nil {
		out.problem(nil, true, "where it can go to is not known: "+placesErr.Error())
	}
	if _, ok := out.Doc.Value.(map[string]any); !ok {
		if yamldoc.Errors(out.Problems) == 0 {
			out.problem(nil, false, "a text of members is wanted, such as name: value")
		}
		return out, nil
	}
	if draft.New {
		return out, r.reviewNew(ctx, &out, places)
	}
	return out, r.reviewOld(ctx, draft, decided, &out)
}

// places are where a new object may go to.
func (r *Rules) places(ctx context.Context, draft views.Draft) ([]string, error) {
	if !draft.New || r.Within == "" || r.Places == nil {
		return nil, nil
	}
	return r.Places(ctx)
}

// schema is the one of the kind; a new object says where it goes to, too.
func (r *Rules) schema(draft views.Draft, places []string) *yamldoc.Schema {
	if !draft.New || r.Within == "" || r.Schema == nil {
		return r.Schema
	}
	s := *r.Schema
	s.Fields = map[string]*yamldoc.Schema{r.Within: {Type: yamldoc.Text, Values: places}}
	for name, field := range r.Schema.Fields {
		s.Fields[name] = field
	}
	return &s
}

func (r *Rules) namePath() []string {
	if r.NamePath != nil {
		return r.NamePath
	}
	return []string{"metadata", "name"}
}

func (r *Review) problem(path []string, warning bool, text string) {
	p := yamldoc.Problem{Line: yamldoc.LineOf(r.Doc.Node, path), Warning: warning, Text: text}
	if len(path) > 0 {
		p.Text = strings.Join(path, ".") + ": " + text
	}
	r.Problems = append(r.Problems, p)
}

// reviewNew looks whether the name is free: what creates an object may change one
// that is there already.
func (r *Rules) reviewNew(ctx context.Context, out *Review, places []string) error {
	doc := out.Doc.Value.(map[string]any)
	within := ""
	if r.Within != "" {
		if within = yamldoc.MemberText(doc, r.Within); within == "" {
			out.problem([]string{r.Within}, false, "it does not say where it goes to"+oneOf(places))
		}
		delete(doc, r.Within)
	}
	name := r.Name(doc)
	out.Change.Target = r.At(within, name)
	out.Change.Target.Kind, out.Change.Target.Context = r.Kind, ""
	out.Change.Live, out.Change.Mine, out.Change.Merged = map[string]any{}, doc, doc
	out.Yours, out.Compared = out.Change.Changed(), true
	r.check(ctx, out)
	if name == "" || yamldoc.Errors(out.Problems) > 0 {
		return nil
	}
	switch _, err := r.Read(ctx, out.Change.Target); {
	case err == nil:
		out.problem(r.namePath(), false, fmt.Sprintf(
			"%s is there already: choose another name, or edit that one", where(out.Change.Target),
		))
	case fault.Is(err, fault.NotFound):
	default:
		return err
	}
	return nil
}

// mostPlaces are as many as a message names.
const mostPlaces = 8

// oneOf names what can be chosen.
func oneOf(places []string) string {
	switch {
	case len(places) == 0 || len(places) > mostPlaces:
		return ""
	case len(places) == 1:
		return ": write " + places[0]
	}
	return ": write one of " + strings.Join(places, ", ")
}

func where(ref views.Ref) string {
	if ref.Scope == "" {
		return ref.Name
	}
	return ref.Name + " in " + ref.Scope
}

func (r *Rules) reviewOld(ctx context.Context, draft views.Draft, decided map[string]bool, out *Review) error {
	raw, err := r.Read(ctx, draft.Target)
	if fault.Is(err, fault.NotFound) {
		return errAbsent
	}
	if err != nil {
		return err
	}
	base, err := r.value(ctx, draft.Base)
	if err != nil {
		return err
	}
	live, err := r.value(ctx, raw)
	if err != nil {
		return err
	}
	c := &out.Change
	c.Base, c.Live, c.Raw, c.Mine = base, live, raw, out.Doc.Value
	out.merge(decided)
	out.Yours, out.Compared = c.Changed(), true
	out.Problems = append(out.Problems, yamldoc.CheckFixed(out.Doc.Node, r.Schema, base, c.Mine)...)
	if name := r.Name(c.Mine); name != draft.Target.Name {
		out.problem(r.namePath(), false, "the name cannot be changed: a is for a copy under another name")
	}
	r.check(ctx, out)
	return nil
}

var errAbsent = errors.New("it is not there any more: a makes it anew from a file or a template")

// merge puts both changes together, as far as they do not touch and as the person
// decided.
func (r *Review) merge(decided map[string]bool) {
	c := &r.Change
	mine := c.Mine
	_, conflicts := diff.Merge(c.Base, mine, c.Live)
	for _, conflict := range conflicts {
		isMine, known := decided[key(conflict)]
		switch {
		case !known:
			r.Conflicts = append(r.Conflicts, conflict)
			continue
		case !isMine:
			mine = diff.Take(mine, c.Live, conflict.Path)
		}
		r.Decided = append(r.Decided, Decision{Conflict: conflict, Mine: isMine})
	}
	c.Merged, _ = diff.Merge(c.Base, mine, c.Live)
}

// theirs is what others changed meanwhile and stays so, without what is secret.
func (r *Review) theirs(secret func(diff.Path) bool) []diff.Entry {
	c := r.Change
	return slices.DeleteFunc(diff.Compare(c.Base, c.Live, secret), func(e diff.Entry) bool {
		merged, _ := diff.At(c.Merged, e.Path)
		live, _ := diff.At(c.Live, e.Path)
		return e.Kind == diff.Same || !diff.Equal(merged, live)
	})
}

// check runs the kind's own checks and puts all problems in the order of lines.
func (r *Rules) check(ctx context.Context, out *Review) {
	if r.Name(out.Doc.Value) == "" {
		out.problem(r.namePath(), false, "it has no name")
	}
	if r.Check != nil {
		for _, f := range r.Check(ctx, out.Change) {
			out.problem(f.Path, f.Warning, f.Text)
			if f.Remark != "" {
				out.Remarks = append(out.Remarks, Remark{f.Path, f.Remark})
			}
		}
	}
	slices.SortStableFunc(out.Problems, func(a, b yamldoc.Problem) int { return a.Line - b.Line })
}
