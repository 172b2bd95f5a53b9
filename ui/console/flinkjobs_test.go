package console

import (
	"io"
	"sync"
	"testing"
	"time"

	"drey/client"
	"drey/ui/uitest"
	"drey/ui/uitest/flinktest"
	"drey/views/platform"
	"drey/views/platforms/flink"
)

// openFlink opens a console on a JobManager with one job.
func openFlink(t *testing.T, m *flinktest.Server, state string) *uitest.Driver {
	t.Helper()
	return openFlinkWith(t, m, state, nil)
}

// openFlinkWith opens it with files of a person's.
func openFlinkWith(
	t *testing.T, m *flinktest.Server, state string, file func(string) (io.ReadCloser, int64, error),
) *uitest.Driver {
	t.Helper()
	m.Jobs = []flinktest.Job{{
		ID: "a1b2c3d4e5f60718293a4b5c6d7e8f90", Name: "orders", State: state, Savepoint: "file:/sp/savepoint-a1b2c3-1",
		Vertices: []flinktest.Vertex{{ID: "v1", Name: "Source", Parallelism: 2, Busy: 100, Back: 0}},
	}}
	session, err := flink.Platform.Open(platform.Settings{
		Context: "dev", Server: client.Config{URL: m.URL}, OpenFile: file,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	d := open(t, nil, 140, 40, func(o *Options) { o.Session, o.Name = session, "dev"; realTime(o) })
	d.WaitForText("orders", "1 job")
	return d
}

// sent waits until the JobManager was asked for something.
func sent(t *testing.T, d *uitest.Driver, m *flinktest.Server, prefix string) {
	t.Helper()
	if !d.Within(uitest.Deadline, func() bool { return m.Count(prefix) > 0 }) {
		t.Fatalf("%s was not sent: %q\n%s", prefix, m.Asked(), d.Screen())
	}
}

// TestXEndsAJobWithASavepoint unless cancelling is chosen, which wants its name.
func TestXEndsAJobWithASavepoint(t *testing.T) {
	t.Parallel()
	t.Run("stop", func(t *testing.T) {
		m := flinktest.New(t)
		d := openFlink(t, m, "RUNNING")
		d.WaitForText("s stop", "x end") // two keys, two words
		d.Press("x")
		d.WaitForText("End orders", "How should it end?", "Drain, then stop", "Cancel without a savepoint")
		d.Press("y")
		sent(t, d, m, "POST /jobs/a1b2c3d4e5f60718293a4b5c6d7e8f90/stop")
		if n := m.Count("PATCH"); n != 0 {
			t.Errorf("it was cancelled")
		}
	})
	t.Run("cancel", func(t *testing.T) {
		m := flinktest.New(t)
		d := openFlink(t, m, "RUNNING")
		d.Press("x")
		d.WaitForText("Cancel without a savepoint")
		d.Press("down", "down", "down")
		d.WaitForText("PATCH", "orders")
		d.Press("y") // is typed: nothing is sent for it
		d.Drain(50 * time.Millisecond)
		if n := m.Count("PATCH"); n != 0 {
			t.Fatal("it was cancelled without its name")
		}
		d.Press("backspace")
		d.Type("orders")
		d.Press("enter")
		sent(t, d, m, "PATCH /jobs/a1b2c3d4e5f60718293a4b5c6d7e8f90?mode=cancel")
		if n := m.Count("POST"); n != 0 {
			t.Errorf("a savepoint was asked for, too: %q", m.Asked())
		}
	})
	t.Run("restarting", func(t *testing.T) {
		m := flinktest.New(t)
		d := openFlink(t, m, "RESTARTING")
		d.Press("x")
		d.WaitForText("How should it end?", "a savepoint cannot be taken now", "Cancel without a savepoint")
		d.Press("y")
		d.WaitForText("nothing was sent")
		if n := m.Count("PATCH") + m.Count("POST"); n != 0 {
			t.Errorf("sent %q", m.Asked())
		}
	})
}

// slowFile is a file whose second half comes once it is let.
type slowFile struct {
	half, at int
	on       chan struct{}
	closed   chan struct{}
	close    sync.Once
}

func (f *slowFile) Read(b []byte) (int, error) {
	if f.at == 2*f.half {
		return 0, io.EOF
	}
	if f.at == f.half {
		select {
		case <-f.on:
		case <-f.closed:
			return 0, io.ErrClosedPipe
		}
	}
	n := min(len(b), f.half-f.at%f.half)
	f.at += n
	return n, nil
}

func (f *slowFile) Close() error {
	f.close.Do(func() { close(f.closed) })
	return nil
}

// TestAnUploadShowsHowFarItIs, and is given up from the list of actions.
func TestAnUploadShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"goes on", "given up"} {
		t.Run(end, func(t *testing.T) {
			m := flinktest.New(t)
			on := make(chan struct{})
			d := openFlinkWith(t, m, "RUNNING", func(string) (io.ReadCloser, int64, error) {
				return &slowFile{half: 5_000_000, on: on, closed: make(chan struct{})}, 10_000_000, nil
			})
			d.Press("3")
			d.WaitForText("no jar was uploaded")
			d.Press("a")
			d.WaitForText("path of a jar")
			d.Type("/home/me/orders.jar")
			d.Press("enter", "enter")
			d.WaitForText("Upload orders.jar", "10 MB are sent")
			d.Press("y")
			d.WaitForText("uploading orders.jar", "5.0 MB of 10 MB")
			if end == "given up" {
				d.Press("L")
				d.WaitForText("give up", "1 of 1 upload")
				d.Press("x")
				d.WaitForText("given up after 5.0 MB of 10 MB: nothing was uploaded", "FAILED")
				m.Change(func(s *flinktest.Server) {
					if len(s.Jars) != 0 {
						t.Errorf("there are jars: %q", s.Jars)
					}
				})
				return
			}
			m.Change(func(s *flinktest.Server) { s.Jars = append(s.Jars, "1_aaa.jar") })
			close(on)
			d.WaitForText("uploaded orders.jar, 10 MB in", "2 jars", "jars › sent.jar")
		})
	}
}
