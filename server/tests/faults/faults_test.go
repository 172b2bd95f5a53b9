package faults

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/servertest"
)

// TestADiskThatTakesNoMore serves with a limit of 1 MB for each file: writes
// fail in the middle, and are told to have.
func TestADiskThatTakesNoMore(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	cmd, url := servertest.Victim(t, dir, shell, "-c", `ulimit -f 2048 && exec "$0" "$@"`)
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	client := &http.Client{Transport: &http.Transport{}, Timeout: servertest.Patience}
	defer client.CloseIdleConnections()
	if !post(client, url+cmf.BasePath+"/environments", `{"name":"prod","kubernetesNamespace":"x"}`) {
		t.Fatal("the environment was not taken")
	}
	made, status, answers := 0, 201, ""
	for status == 201 && made < 10_000 {
		body := servertest.Application(
			fmt.Sprintf("a-%d", made), `"state":"suspended"`, `"x":"`+strings.Repeat("y", 5000)+`"`,
		)
		if status, answers = exchange(t, client, "POST", url+cmf.BasePath+"/"+servertest.ProdApps, body); status == 201 {
			made++
		}
	}
	if made < 10 || status != 500 && status != 507 || !strings.Contains(answers, "the disk of the server") ||
		!strings.Contains(answers, "nothing was written") {
		t.Errorf("after %d writes: got %d %s, want 500 or 507 that says why", made, status, answers)
	}
	status, answers = exchange(t, client, "GET", url+cmf.BasePath+"/"+servertest.ProdApps+"?size=1", "")
	if status != 200 || !strings.Contains(answers, fmt.Sprintf(`"metadata":{"size":%d}`, made)) {
		t.Errorf("reads: got %d %.200s, want the %d that were acknowledged", status, answers, made)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	w := &servertest.World{T: t, Dir: dir, Clock: servertest.ClockAt(time.Now())}
	w.Open()
	defer func() { _ = w.Server.Close() }()
	for i := range made {
		w.Must("GET", fmt.Sprintf("%s/a-%d", servertest.ProdApps, i), "")
	}
	w.Must("POST", servertest.ProdApps, servertest.Application("later", "", ""))
}

// exchange sends one request and returns what came back.
func exchange(t *testing.T, client *http.Client, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answers, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answers)
}

// filledDatabase is the file of a server with applications, closed.
func filledDatabase(t *testing.T) (w *servertest.World, file string) {
	t.Helper()
	w = servertest.NewWorld(t)
	w.Environment("prod")
	for i := range 60 {
		w.Must("POST", servertest.ProdApps, servertest.Application(
			fmt.Sprintf("a-%d", i), "", `"x":"`+strings.Repeat("y", 3000)+`"`,
		))
	}
	if err := w.Server.Close(); err != nil {
		t.Fatal(err)
	}
	return w, filepath.Join(w.Dir, "drey.db")
}

func TestADamagedDatabaseIsNotServedWhereverItIsDamaged(t *testing.T) {
	w, file := filledDatabase(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	refused := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := server.Open(context.Background(), server.Config{Listen: "127.0.0.1:0", Data: w.Dir})
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), file) ||
			!strings.Contains(err.Error(), "the database is damaged; put a copy of the data folder in its place") {
			t.Errorf("%s: got %v, want a refusal that names the file and says what to do", name, err)
		}
	}
	for at := 0; at < len(whole); at += page {
		damaged := append([]byte(nil), whole...)
		for i := range page {
			damaged[at+i] = byte(at>>12)*31 + byte(i)*7 + 3
		}
		refused(fmt.Sprint("page ", at/page), damaged)
	}
	for _, n := range []int{len(whole) / 2, len(whole) - page, 100} {
		refused(fmt.Sprint("the first ", n, " bytes"), whole[:n])
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	w.Open()
	w.Must("GET", servertest.ProdApps+"/a-59", "")
}

func TestDamageWhileServingIsTold(t *testing.T) {
	w, file := filledDatabase(t)
	w.Open()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	db, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(4096); at < info.Size(); at++ {
		if _, err := db.WriteAt([]byte{byte(at * 7)}, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{servertest.ProdApps + "?size=100", servertest.ProdApps + "/a-30"} {
		rec := w.Raw("GET", target, "")
		if rec.Code != 500 ||
			rec.Body.String() != `{"errors":[{"message":"the database of the server is damaged: its log says more"}]}` {
			t.Errorf("%s: got %d %.200s, want 500 that says why", target, rec.Code, rec.Body)
		}
	}
	if rec := w.Plain("/healthz"); rec.Code != 200 {
		t.Errorf("healthz: got %d, want 200: a new start would not help", rec.Code)
	}
}
