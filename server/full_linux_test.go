package server

import (
	"context"
	"errors"
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
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "small"), clock: servertest.NewClock()}
	disk := func(size string, flags uintptr) {
		t.Helper()
		if err := syscall.Mount("small", w.dir, "tmpfs", flags, "size="+size); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	disk("3m", 0)
	defer func() { _ = syscall.Unmount(w.dir, syscall.MNT_DETACH) }()
	w.open()
	defer func() { _ = w.Server.Close() }()
	w.environment("prod")
	made, refused := w.fill(t)
	if refused.Code != 507 || !strings.Contains(
		refused.Body.String(), `{"errors":[{"message":"the disk of the server is full: nothing was written"}]}`,
	) {
		t.Errorf("got %d %s, want 507 in the API's shape", refused.Code, refused.Body)
	}
	w.holds(made)
	if code := w.raw("DELETE", prodApps+"/a-0", "").Code; code != 204 && code != 507 {
		t.Errorf("a delete on a full disk: got %d", code)
	}
	if _, err := w.loop.Pass(context.Background()); err == nil {
		t.Error("the loop says nothing of the full disk")
	}
	disk("30m", syscall.MS_REMOUNT)
	w.must("POST", prodApps, servertest.Application("later", "", ""))
	w.must("DELETE", prodApps+"/a-0?force=true", "")
	w.holds(made) // one more and one less
	w.reopen()
	w.holds(made)
	w.advance(time.Minute)
	w.wantStates("later", cmf.LifecycleStable, cmf.JobRunning)
}
