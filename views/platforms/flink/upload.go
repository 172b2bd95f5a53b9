package flink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/form"
	"drey/views/platforms/flink/history"
)

// openUpload asks which jar to send.
func openUpload(env *views.Env, f *fleet) tea.Cmd {
	if cmd := refuseReadOnly(env, "upload a jar"); cmd != nil {
		return cmd
	}
	if f.open == nil {
		return views.Notice(themes.Warn, "cannot upload a jar: there are no files here")
	}
	return views.Send(views.OpenMsg{Title: "upload a jar", Make: func(env *views.Env) views.View {
		fields := []*form.Field{{
			Label: "file",
			Help: "path of a jar on this machine; it is sent as it is, 100 MB at most unless the cluster is configured " +
				"otherwise",
		}}
		if f.Several() {
			fields = append(fields, &form.Field{Label: "cluster", Help: "to " + strings.Join(f.names(), ", ")})
		}
		x := form.New(env, "upload a jar", "Upload", fields)
		x.Fill(f.drafts["upload"])
		x.Left = func(values []string) { f.drafts["upload"] = values }
		x.Submit = func(values []string) (tea.Cmd, error) {
			where := ""
			if f.Several() {
				where = values[1]
			}
			c, err := f.Named(where)
			if err != nil {
				return nil, err
			}
			if err := f.refuseSubmit(where); err != nil {
				return nil, err
			}
			return askUpload(env, f, c, values[0], x)
		}
		return x
	}})
}

func (f *fleet) names() []string {
	var names []string
	for _, c := range f.Clusters {
		names = append(names, c.Name)
	}
	return names
}

// askUpload looks at the file and asks.
func askUpload(env *views.Env, f *fleet, c *cluster, path string, x *form.Form) (tea.Cmd, error) {
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
			Will: views.Fact{Label: "what happens", Text: cells.Size(bytes) + " are sent to " + c.Name},
		}},
		Run: func(string) tea.Cmd {
			return tea.Batch(views.Send(views.BackMsg{}), x.Box.Report(
				"uploading "+name,
				func(ctx context.Context) views.DoneMsg { return newUpload(env, c, path, bytes).carryOut(ctx, f) },
			))
		},
	}}), nil
}

var verbUpload = views.Verb{Do: "upload", Doing: "uploading", Done: "uploaded"}

// upload is a jar on its way. How far it has come is shown as a task, from which it
// can be given up.
type upload struct {
	env   *views.Env
	c     *cluster
	path  string
	bytes int64
	sent  atomic.Int64

	mu    sync.Mutex // what is sent is read beside
	shown int64      // of sent, when it was shown last
	task  views.Task
	made  views.Ref // the jar, once it is there
}

func newUpload(env *views.Env, c *cluster, path string, bytes int64) *upload {
	name := filepath.Base(path)
	return &upload{env: env, c: c, path: path, bytes: bytes, task: views.Task{
		ID: "upload-" + history.NewID(), Target: views.Ref{Kind: jarsName, Name: name}, Verb: verbUpload,
		Began: env.Now(),
		Steps: []views.TaskStep{{Label: verbUpload.Do, Method: "POST", Path: "/jars/upload", Began: env.Now()}},
	}}
}

// carryOut sends the jar as a stream.
func (u *upload) carryOut(ctx context.Context, f *fleet) views.DoneMsg {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u.show(func() { u.task.Cancel = cancel })
	text, err := u.send(ctx, f)
	u.show(func() {
		u.task.Ended, u.task.Cancel = u.env.Now(), nil
		if err == nil {
			u.task.Steps[0].Ended = u.task.Ended
		} else {
			u.task.Error = err.Error()
		}
	})
	return views.DoneMsg{Text: text, Err: err, Results: []views.Result{{
		Target: u.made, Err: err, Made: u.task.Began,
	}}}
}

func (u *upload) send(ctx context.Context, f *fleet) (string, error) {
	file, bytes, err := f.open(u.path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()                           // it was read only
	giveUp := context.AfterFunc(ctx, func() { _ = file.Close() }) // a read of it may wait for long
	defer giveUp()
	u.mu.Lock()
	u.bytes = bytes
	u.mu.Unlock()
	began, sum := time.Now(), sha256.New()
	id, err := u.c.UploadJar(ctx, filepath.Base(u.path), io.TeeReader(file, io.MultiWriter(u, sum)), bytes)
	sent := u.sent.Load()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("given up after %s of %s: nothing was uploaded", cells.Size(sent), cells.Size(bytes))
	case flinkrest.Says(err, "413"), fault.Of(err).Code == 413:
		return "", fmt.Errorf(
			"the cluster takes no file of %s: rest.server.max-content-length is smaller: %w", cells.Size(bytes), err,
		)
	case err != nil && sent > 0 && sent < bytes:
		return "", fmt.Errorf("after %s of %s: %w", cells.Size(sent), cells.Size(bytes), err)
	case err != nil:
		return "", err
	case id == "" || id == "." || id == "/":
		return "", errors.New("the JobManager does not say what it called the jar")
	}
	u.made = views.Ref{Kind: jarsName, Name: filepath.Base(u.path), UID: jobKey(f.Label(u.c), id)}
	err = f.store.Change(func(r *history.Remembered) {
		r.Uploads = append(r.Uploads, history.Upload{
			Cluster: u.c.Name, Jar: id, Name: filepath.Base(u.path), Hash: hex.EncodeToString(sum.Sum(nil)),
			At: time.Now().UTC(),
		})
	})
	return fmt.Sprintf(
		"uploaded %s, %s in %.1f s", filepath.Base(u.path), cells.Size(bytes), time.Since(began).Seconds(),
	), err
}

// Write counts what has left, and shows it a hundred times at most.
func (u *upload) Write(b []byte) (int, error) {
	u.sent.Add(int64(len(b)))
	u.show(func() {})
	return len(b), nil
}

// show changes the task and says how far it has come, where that is more than a
// hundredth further than it was said, or the task has changed.
func (u *upload) show(change func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	before, cancellable := u.task.Ended, u.task.Cancel != nil
	change()
	n := u.sent.Load()
	if n-u.shown < max(u.bytes/100, 1) && before.Equal(u.task.Ended) && cancellable == (u.task.Cancel != nil) {
		return
	}
	u.shown = n
	if u.task.Running() {
		u.task.Steps[0].State = cells.Size(n) + " of " + cells.Size(u.bytes)
	}
	if u.env.Tasks != nil {
		u.env.Tasks.Show(u.task)
	}
}
