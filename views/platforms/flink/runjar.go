package flink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/form"
	"drey/views/platforms/flink/history"
)

// runJar runs a jar under a job id that is made here and remembered before it is
// sent: after a lost answer the job is looked for.
func (f *fleet) runJar(ctx context.Context, c *cluster, jar, name string, r history.RunRequest) (job string, err error) {
	id := history.NewID()
	if err := f.store.Change(func(all *history.Remembered) {
		all.Runs = append(all.Runs, history.Run{Cluster: c.name, Job: id, Jar: jar, JarName: name, Request: r, At: time.Now().UTC()})
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
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View { return newRunForm(env, f, j) }})
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
	r := history.RunRequest{EntryClass: values[0], Savepoint: values[3], ClaimMode: strings.ToUpper(strings.ReplaceAll(values[4], " ", "_"))}
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
		Title: "Run " + j.Name, Button: "Run", Doing: "running " + j.Name, Asked: "enter", Facts: facts, Plan: "run",
		Targets: []views.Target{{Ref: ref, Will: will, Requests: []string{"POST /jars/" + url.PathEscape(j.ID) + "/run"}}},
		Run: func(string) tea.Cmd {
			return tea.Sequence(views.Send(views.BackMsg{}), x.Box.Do("running "+j.Name, func(ctx context.Context) (string, error) {
				c, err := f.named(j.Cluster)
				if err != nil {
					return "", err
				}
				job, err := f.runJar(ctx, c, j.ID, j.Name, r)
				if err != nil {
					return "", err
				}
				return "started " + j.Name + " as job " + cellShort(job), nil
			}))
		},
	}})
}

// openUpload asks which jar to send.
func openUpload(env *views.Env, f *fleet) tea.Cmd {
	if cmd := refuseReadOnly(env, "upload a jar"); cmd != nil {
		return cmd
	}
	if f.open == nil {
		return views.Notice(themes.Warn, "cannot upload a jar: there are no files here")
	}
	return views.Send(views.OpenMsg{Title: "upload a jar", Make: func(env *views.Env) views.View {
		fields := []*form.Field{{Label: "file", Help: "path of a jar on this machine; it is sent as it is, 100 MB at most unless the cluster is configured otherwise"}}
		if f.several() {
			fields = append(fields, &form.Field{Label: "cluster", Help: "to " + strings.Join(f.names(), ", ")})
		}
		x := form.New(env, "upload a jar", "Upload", fields)
		x.Fill(f.drafts["upload"])
		x.Left = func(values []string) { f.drafts["upload"] = values }
		x.Submit = func(values []string) (tea.Cmd, error) {
			where := ""
			if f.several() {
				where = values[1]
			}
			c, err := f.named(where)
			if err != nil {
				return nil, err
			}
			if err := f.refuseSubmit(where); err != nil {
				return nil, err
			}
			return askUpload(f, c, values[0], x)
		}
		return x
	}})
}

func (f *fleet) names() []string {
	var names []string
	for _, c := range f.clusters {
		names = append(names, c.name)
	}
	return names
}

// askUpload looks at the file and asks.
func askUpload(f *fleet, c *cluster, path string, x *form.Form) (tea.Cmd, error) {
	name := filepath.Base(path)
	if !strings.HasSuffix(name, ".jar") {
		return nil, fmt.Errorf("%q: Flink takes files that end in .jar", name)
	}
	file, bytes, err := f.open(path)
	if err != nil {
		return nil, err
	}
	_ = file.Close() // it is opened again when it is sent
	return views.Send(views.ConfirmMsg{Confirmation: views.Confirmation{
		Title: "Upload " + name, Button: "Upload", Doing: "uploading " + name, Asked: "enter", Plan: "upload",
		Targets: []views.Target{{
			Ref: views.Ref{Kind: jarsName, Name: name}, Requests: []string{"POST /jars/upload"},
			Will: views.Fact{Label: "what happens", Text: cells.Size(bytes) + " are sent to " + c.name},
		}},
		Run: func(string) tea.Cmd {
			progress := &sent{all: bytes}
			return tea.Sequence(views.Send(views.BackMsg{}), x.Box.Do("uploading "+name, func(ctx context.Context) (string, error) {
				return upload(ctx, f, c, path, progress)
			}))
		},
	}}), nil
}

// upload sends a jar as a stream.
func upload(ctx context.Context, f *fleet, c *cluster, path string, progress *sent) (string, error) {
	file, bytes, err := f.open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was read only
	began := time.Now()
	id, err := c.UploadJar(ctx, filepath.Base(path), io.TeeReader(file, progress), bytes)
	switch {
	case flinkrest.Says(err, "413"), fault.Of(err).Code == 413:
		return "", fmt.Errorf("the cluster takes no file of %s: rest.server.max-content-length is smaller: %w", cells.Size(bytes), err)
	case err != nil && progress.n.Load() > 0 && progress.n.Load() < bytes:
		return "", fmt.Errorf("after %s of %s: %w", cells.Size(progress.n.Load()), cells.Size(bytes), err)
	case err != nil:
		return "", err
	case id == "" || id == "." || id == "/":
		return "", errors.New("the JobManager does not say what it called the jar")
	}
	return fmt.Sprintf("uploaded %s in %.1f s", filepath.Base(path), time.Since(began).Seconds()), nil
}

// sent counts what has left.
type sent struct {
	n   atomic.Int64
	all int64
}

func (s *sent) Write(b []byte) (int, error) {
	s.n.Add(int64(len(b)))
	return len(b), nil
}
