package embedded_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"drey/client/cmf"
	"drey/server"
)

const killedDir = "DREY_KILLED_STATEMENTS_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		serveUntilKilled(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

func serveUntilKilled(dir string) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		var s *server.Server
		s, err = server.Open(context.Background(), server.Config{
			Listen: "127.0.0.1:0", Data: filepath.Join(dir, "data"), Files: []string{filepath.Join(dir, "files")},
			Log: slog.New(slog.NewTextHandler(log, nil)),
		})
		if err == nil {
			fmt.Println(s.URL())
			err = s.Run(context.Background())
		}
	}
	fmt.Println("error:", err)
}

// killed is a server in a process of its own.
type killed struct {
	t      *testing.T
	dir    string
	cmd    *exec.Cmd
	url    string
	client *http.Client
}

func (k *killed) start() {
	k.t.Helper()
	k.cmd = exec.Command(os.Args[0], "-test.run=^$")
	k.cmd.Env = append(os.Environ(), killedDir+"="+k.dir)
	out, err := k.cmd.StdoutPipe()
	if err == nil {
		err = k.cmd.Start()
	}
	if err != nil {
		k.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		k.kill()
		k.t.Fatalf("the server says %q, %v", line, err)
	}
	k.url = strings.TrimSpace(line) + cmf.BasePath + "/"
}

func (k *killed) kill() {
	_ = k.cmd.Process.Kill()
	_ = k.cmd.Wait()
	k.client.CloseIdleConnections()
}

func (k *killed) ask(method, path, body string) []byte {
	k.t.Helper()
	request, err := http.NewRequest(method, k.url+path, strings.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := k.client.Do(request)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		k.t.Fatalf("%s %s: %s %s %v", method, path, response.Status, answer, err)
	}
	return answer
}

const statementsPath = "environments/prod/statements"

func (k *killed) statement(name, text string) {
	k.t.Helper()
	body, err := json.Marshal(map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]string{"name": name},
		"spec": map[string]any{"statement": text, "computePoolName": "pool", "properties": map[string]string{
			cmf.PropertyCatalog: "default_catalog", cmf.PropertyDatabase: "default_database",
		}},
	})
	if err != nil {
		k.t.Fatal(err)
	}
	k.ask(http.MethodPost, statementsPath, string(body))
}

// page is the rows of a page of a result, as they are written, and the next token.
func (k *killed) page(name, token string) (rows []string, next string) {
	k.t.Helper()
	target := statementsPath + "/" + name + "/results"
	if token != "" {
		target += "?page-token=" + url.QueryEscape(token)
	}
	var result cmf.StatementResult
	if err := json.Unmarshal(k.ask(http.MethodGet, target, ""), &result); err != nil {
		k.t.Fatal(err)
	}
	for _, row := range result.Results.Data {
		rows = append(rows, fmt.Sprintf("%v %s", row.Op, row.Row))
	}
	return rows, result.NextPageToken()
}

// written are the lines of the sink that are acknowledged.
func (k *killed) written() []string {
	k.t.Helper()
	names, err := filepath.Glob(filepath.Join(k.dir, "files", "out", "[^._]*"))
	if err != nil {
		k.t.Fatal(err)
	}
	var lines []string
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			k.t.Fatal(err)
		}
		lines = append(lines, strings.Fields(string(b))...)
	}
	return lines
}

// snapshots counts how often statements went on from one.
func (k *killed) snapshots() int {
	k.t.Helper()
	log, err := os.ReadFile(filepath.Join(k.dir, "log"))
	if err != nil {
		k.t.Fatal(err)
	}
	return bytes.Count(log, []byte("goes on from its snapshot"))
}

// until waits for a condition that the server brings about.
func (k *killed) until(what string, done func() bool) {
	k.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			k.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestStatementsGoOnWhereAKillCutThemOff kills a whole server under a
// statement that writes files and one whose result is read.
func TestStatementsGoOnWhereAKillCutThemOff(t *testing.T) {
	if testing.Short() {
		t.Skip("kills servers")
	}
	k := &killed{t: t, dir: t.TempDir(), client: &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}}
	if err := os.MkdirAll(filepath.Join(k.dir, "files"), 0o700); err != nil {
		t.Fatal(err)
	}
	k.start()
	defer func() { k.kill() }()
	k.ask(http.MethodPost, "environments", `{"name":"prod","kubernetesNamespace":"x"}`)
	k.ask(
		http.MethodPost, "environments/prod/compute-pools",
		`{"apiVersion":"cmf.confluent.io/v1","kind":"ComputePool","metadata":{"name":"pool"},`+
			`"spec":{"type":"DEDICATED","clusterSpec":{"flinkVersion":"v1_19"}}}`,
	)
	k.statement(
		"source",
		"CREATE TABLE src (id BIGINT) WITH "+
			"('connector'='datagen','rows-per-second'='500','fields.id.kind'='sequence',"+
			"'fields.id.start'='0','fields.id.end'='10000000')",
	)
	k.statement(
		"sink",
		"CREATE TABLE snk (id BIGINT) WITH ('connector'='filesystem','format'='csv','path'='"+
			filepath.Join(k.dir, "files", "out")+"')",
	)
	k.statement("write", "INSERT INTO snk SELECT id FROM src")
	k.statement("read", "SELECT id FROM src")
	checkKills(k)
}

func checkKills(k *killed) {
	k.t.Helper()
	var token, last string
	var stored []string
	read := 0
	for round := range 2 {
		before, wrote := read, len(k.written())
		k.until("rows in the sink", func() bool { return len(k.written()) > wrote })
		k.until("rows to read, and snapshots", func() bool {
			rows, next := k.page("read", token)
			for _, row := range rows {
				if want := fmt.Sprintf(`%v [%q]`, cmf.OpInsert, fmt.Sprint(read)); row != want {
					k.t.Fatalf("round %d: row %d is %s, want %s", round, read, row, want)
				}
				read++
			}
			if len(rows) > 0 {
				last, stored = token, rows
			}
			token = next
			found, err := filepath.Glob(filepath.Join(k.dir, "data", "engine", "sql", "statements", "*.snapshot"))
			return read > before+100 && err == nil && len(found) == 2
		})
		resumed := k.snapshots()
		k.kill()
		k.start()
		again, _ := k.page("read", last)
		if len(again) < len(stored) || strings.Join(again[:len(stored)], "\n") != strings.Join(stored, "\n") {
			k.t.Fatalf("round %d: an old token gives other rows than before the kill", round)
		}
		k.until("both statements on their snapshots", func() bool { return k.snapshots() >= resumed+2 })
	}
	end := len(k.written())
	k.until("more rows in the sink", func() bool { return len(k.written()) > end })
	seen := map[string]int{}
	lines := k.written()
	for _, line := range lines {
		seen[line]++
	}
	for i := range lines {
		if n := seen[fmt.Sprint(i)]; n != 1 {
			k.t.Fatalf("row %d is in the sink %d times, among %d", i, n, len(lines))
		}
	}
}
