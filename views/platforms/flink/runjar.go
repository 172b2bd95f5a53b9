package flink

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/form"
	"drey/views/platforms/flink/history"
)

// runJar runs a jar under a job id that is made here and remembered before it is
// sent: after a lost answer the job is looked for.
func (f *fleet) runJar(
	ctx context.Context, c *cluster, jar, name string, r history.RunRequest,
) (job string, err error) {
	id := history.NewID()
	if err := f.store.Change(func(all *history.Remembered) {
		all.Runs = append(all.Runs, history.Run{
			Cluster: c.Name, Job: id, Jar: jar, JarName: name, Hash: all.HashOf(c.Name, jar), Request: r,
			At: time.Now().UTC(),
		})
	}); err != nil {
		return "", fmt.Errorf("nothing was sent: %w", err)
	}
	job, err = c.RunJar(ctx, jar, r.Body(id))
	if err != nil && fault.Of(err).Lost {
		if _, looked := c.Status(ctx, id); looked == nil {
			return id, nil
		}
	}
	if err != nil {
		_ = f.store.Change(func(all *history.Remembered) { // without a job there is nothing to start again
			all.Runs = slices.DeleteFunc(all.Runs, func(r history.Run) bool { return r.Job == id })
		})
		return "", err
	}
	if job != id { // a program that submits under an id of its own
		err = f.store.Change(func(all *history.Remembered) {
			for i := range all.Runs {
				if all.Runs[i].Job == id {
					all.Runs[i].Job = job
				}
			}
		})
	}
	return cmp.Or(job, id), err
}

// openRun asks how to run a jar.
func openRun(env *views.Env, f *fleet, j Jar) tea.Cmd {
	if cmd := refuseReadOnly(env, "run "+j.Name); cmd != nil {
		return cmd
	}
	if err := f.refuseSubmit(j.Cluster); err != nil {
		return views.Notice(themes.Warn, "cannot run "+j.Name+": "+err.Error())
	}
	title := "run " + j.Name
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return newRunForm(env, f, j)
	}})
}

func refuseReadOnly(env *views.Env, what string) tea.Cmd {
	if env.Server.ReadOnly == views.Writable {
		return nil
	}
	return views.Notice(themes.Warn, "cannot "+what+": "+env.Server.ReadOnly.String())
}

func newRunForm(env *views.Env, f *fleet, j Jar) *form.Form {
	x := form.New(env, "run "+j.Name, "Run", []*form.Field{
		{Label: "entry class", Help: "the class whose main method runs; empty takes the one that the jar names"},
		{Label: "arguments", Help: `those of the program, with blanks between them; "…" and '…' hold blanks together`},
		{Label: "parallelism", Help: "empty takes the cluster's"},
		{Label: "savepoint", Help: "path of a savepoint or checkpoint to start from; empty starts without state"},
		{Label: "claim mode", Help: "NO_CLAIM leaves the savepoint to you, CLAIM gives it to the job, which may delete it"},
		{Label: "allow non-restored state", Help: "yes drops state that the program has no operator for any more; no fails then"},
	})
	x.Fields[0].Line.Set(j.entry())
	x.Fields[4].Line.Set("NO_CLAIM")
	x.Fields[5].Line.Set("no")
	key := jobKey(j.Cluster, j.ID)
	if r, known := f.lastRun(j); known {
		x.Fill([]string{r.EntryClass, joinArgs(r.Args), number(r.Parallelism)})
	}
	x.Fill(f.drafts[key])
	x.Left = func(values []string) { f.drafts[key] = values }
	x.Submit = func(values []string) (tea.Cmd, error) {
		r, err := readRun(values)
		if err != nil {
			return nil, err
		}
		return askRun(env, f, j, r, x), nil
	}
	return x
}

// lastRun is how a jar of this name was run last.
func (f *fleet) lastRun(j Jar) (history.RunRequest, bool) {
	for _, r := range slices.Backward(f.store.Read().Runs) {
		if r.Jar == j.ID || r.JarName == j.Name {
			return r.Request, true
		}
	}
	return history.RunRequest{}, false
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// readRun reads what was typed into the form; what is wrong is said with what would
// be right.
func readRun(values []string) (history.RunRequest, error) {
	r := history.RunRequest{
		EntryClass: values[0], Savepoint: values[3],
		ClaimMode: strings.ToUpper(strings.ReplaceAll(values[4], " ", "_")),
	}
	var err error
	if r.Args, err = splitArgs(values[1]); err != nil {
		return r, fmt.Errorf("arguments: %w", err)
	}
	if values[2] != "" {
		if r.Parallelism, err = strconv.Atoi(values[2]); err != nil || r.Parallelism < 1 || r.Parallelism > 1<<15 {
			return r, fmt.Errorf("parallelism %q: want a whole number from 1 to 32768", values[2])
		}
	}
	if !slices.Contains([]string{"", "NO_CLAIM", "CLAIM"}, r.ClaimMode) {
		return r, fmt.Errorf("claim mode %q: want NO_CLAIM or CLAIM", values[4])
	}
	switch strings.ToLower(values[5]) {
	case "yes", "y", "true":
		r.AllowNonRestored = true
	case "no", "n", "false", "":
	default:
		return r, fmt.Errorf("allow non-restored state %q: want yes or no", values[5])
	}
	return r, nil
}

// splitArgs splits a line as a shell does, without what a shell expands.
func splitArgs(line string) ([]string, error) {
	var args []string
	var b strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			b.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case unicode.IsSpace(r):
			if open || b.Len() > 0 {
				args = append(args, b.String())
			}
			b.Reset()
			open = false
		default:
			b.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("there is no second %c", quote)
	}
	if open || b.Len() > 0 {
		args = append(args, b.String())
	}
	return args, nil
}

// joinArgs is a line that splitArgs splits into the same arguments.
func joinArgs(args []string) string {
	parts := make([]string, len(args))
	for i, a := range args {
		switch {
		case a != "" && !strings.ContainsAny(a, " \t\"'"):
			parts[i] = a
		case strings.Contains(a, `"`):
			parts[i] = "'" + a + "'"
		default:
			parts[i] = `"` + a + `"`
		}
	}
	return strings.Join(parts, " ")
}

// askRun asks before a jar is run, as before everything that changes something.
func askRun(env *views.Env, f *fleet, j Jar, r history.RunRequest, x *form.Form) tea.Cmd {
	will := views.Fact{Label: "starts from", Text: cmp.Or(r.Savepoint, "nothing: without state")}
	if len(f.savepointsOf(j)) > 0 && r.Savepoint == "" {
		will = views.Fact{}
	}
	facts := []views.Fact{{Label: "class", Text: cmp.Or(r.EntryClass, "as the jar says")}}
	if len(r.Args) > 0 {
		facts = append(facts, views.Fact{Label: "arguments", Text: joinArgs(r.Args)})
	}
	if r.Parallelism > 0 {
		facts = append(facts, views.Fact{Label: "parallelism", Text: strconv.Itoa(r.Parallelism)})
	}
	if r.AllowNonRestored {
		facts = append(facts, views.Fact{Label: "state", Text: "what no operator takes is dropped", Tone: themes.Warn})
	}
	ref := views.Ref{Kind: jarsName, Name: j.Name, UID: jobKey(j.Cluster, j.ID)}
	return views.Send(views.ConfirmMsg{Confirmation: views.Confirmation{
		Choices: f.startsFrom(j, r, env.ServerNow()), Which: "What should it start from?",
		Title: "Run " + j.Name, Button: "Run", Doing: "running " + j.Name, Asked: "enter", Facts: facts, Plan: "run",
		Targets: []views.Target{{Ref: ref, Will: will, Requests: []string{
			"POST /jars/" + url.PathEscape(j.ID) + "/run",
		}}},
		Run: func(savepoint string) tea.Cmd {
			return tea.Batch(views.Send(views.BackMsg{}), x.Box.Do("running "+j.Name, func(ctx context.Context) (string, error) {
				c, err := f.Named(j.Cluster)
				if err != nil {
					return "", err
				}
				r := r
				r.Savepoint = cmp.Or(savepoint, r.Savepoint)
				job, err := f.runJar(ctx, c, j.ID, j.Name, r)
				if err != nil {
					return "", err
				}
				return "started " + j.Name + " as job " + cellShort(job), nil
			}))
		},
	}})
}

// savepointsOf are those that jobs of a jar left, the newest first: of any upload of
// the same file, or of the same name where the file is not known.
func (f *fleet) savepointsOf(j Jar) []history.Trigger {
	c, err := f.Named(j.Cluster)
	if err != nil {
		return nil
	}
	all := f.store.Read()
	hash := all.HashOf(c.Name, j.ID)
	var found []history.Trigger
	for _, t := range slices.Backward(all.Triggers) {
		if t.Cluster != c.Name || !t.Done || t.Location == "" || t.Kind == "checkpoint" {
			continue
		}
		r, known := f.store.RunOf(c.Name, t.Job)
		if known && (r.Jar == j.ID || hash != "" && r.Hash == hash ||
			(hash == "" || r.Hash == "") && r.JarName == j.Name) {
			found = append(found, t)
		}
	}
	return found
}

// startsFrom are what a jar can be started from where no savepoint was typed: nothing,
// or one of those that its jobs left.
func (f *fleet) startsFrom(j Jar, r history.RunRequest, now time.Time) []views.Choice {
	found := f.savepointsOf(j)
	if r.Savepoint != "" || len(found) == 0 {
		return nil
	}
	choices := []views.Choice{{Label: "Nothing", Detail: "without state"}}
	for _, t := range found[:min(len(found), maxChoices)] {
		choices = append(choices, views.Choice{
			How: t.Location, Label: "Savepoint of job " + cellShort(t.Job),
			Detail: cells.Join(cells.Ago(t.At, now), t.Location),
		})
	}
	return choices
}

// sameFile is an upload of the same file as a run's, where that is not there any more.
func (f *fleet) sameFile(ctx context.Context, c *cluster, r history.Run) (jar string, found bool) {
	if r.Hash == "" {
		return "", false
	}
	there, err := c.Jars(ctx)
	if err != nil {
		return "", false
	}
	all := f.store.Read()
	for _, j := range there {
		if j.ID != r.Jar && all.HashOf(c.Name, j.ID) == r.Hash {
			return j.ID, true
		}
	}
	return "", false
}
