package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

const ownMounts = "DREY_TEST_OWN_MOUNTS"

// withMounts runs the test once more in a process that may mount; true: this
// is that process.
func withMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv(ownMounts) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), ownMounts+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		t.Skip("this machine lets nobody mount a small disk; TestADiskThatTakesNoMore has another one")
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// TestAFullDiskIsToldAndReadsGoOn fills a real, small disk through the API.
func TestAFullDiskIsToldAndReadsGoOn(t *testing.T) {
	if !withMounts(t) {
		return
	}
	w := &servertest.World{T: t, Dir: filepath.Join(t.TempDir(), "small"), Clock: servertest.NewClock()}
	disk := func(size string, flags uintptr) {
		t.Helper()
		if err := syscall.Mount("small", w.Dir, "tmpfs", flags, "size="+size); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(w.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	disk("3m", 0)
	defer func() { _ = syscall.Unmount(w.Dir, syscall.MNT_DETACH) }()
	w.Open()
	defer func() { _ = w.Server.Close() }()
	w.Environment("prod")
	made, refused := fill(t, w)
	if refused.Code != 507 || !strings.Contains(
		refused.Body.String(), `{"errors":[{"message":"the disk of the server is full: nothing was written"}]}`,
	) {
		t.Errorf("got %d %s, want 507 in the API's shape", refused.Code, refused.Body)
	}
	holds(w, made)
	if code := w.Raw("DELETE", servertest.ProdApps+"/a-0", "").Code; code != 204 && code != 507 {
		t.Errorf("a delete on a full disk: got %d", code)
	}
	if _, err := w.Loop().Pass(context.Background()); err == nil {
		t.Error("the loop says nothing of the full disk")
	}
	disk("30m", syscall.MS_REMOUNT)
	w.Must("POST", servertest.ProdApps, servertest.Application("later", "", ""))
	w.Must("DELETE", servertest.ProdApps+"/a-0?force=true", "")
	holds(w, made) // one more and one less
	w.Reopen()
	holds(w, made)
	w.Advance(time.Minute)
	w.WantStates("later", cmf.LifecycleStable, cmf.JobRunning)
}

// fill makes applications until one is refused.
func fill(t *testing.T, w *servertest.World) (made int, refused *httptest.ResponseRecorder) {
	t.Helper()
	for ; made < 10_000; made++ {
		rec := w.Raw("POST", servertest.ProdApps, servertest.Application(
			fmt.Sprintf("a-%d", made), "", `"x":"`+strings.Repeat("y", 2000)+`"`,
		))
		if rec.Code != 201 {
			return made, rec
		}
	}
	t.Fatal("the disk does not fill")
	return 0, nil
}

// holds checks that there are so many applications, each with the event that
// was written together with it.
func holds(w *servertest.World, want int) {
	w.T.Helper()
	var page struct{ Items []cmf.Object }
	if err := json.Unmarshal(w.Must("GET", servertest.ProdApps+"?size=2000&fields=metadata.name", ""), &page); err != nil {
		w.T.Fatal(err)
	}
	if len(page.Items) != want {
		w.T.Errorf("got %d applications, want the %d that were acknowledged", len(page.Items), want)
	}
	for _, item := range page.Items {
		name := item.String("metadata", "name")
		events := w.Must("GET", "/cmf/api/v1alpha1/"+servertest.ProdApps+"/"+name+"/events", "")
		if !strings.Contains(string(events), "FlinkApplication created") {
			w.T.Errorf("%s is half written: %s", name, events)
		}
	}
}
