package load

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// hostile is a built server in a process of its own, under attack.
type hostile struct {
	*testing.B
	url     string
	process *exec.Cmd
	client  *http.Client
}

func newHostile(b *testing.B) *hostile {
	b.Helper()
	dir := b.TempDir()
	program := filepath.Join(dir, "drey")
	if out, err := exec.Command("go", "build", "-o", program, "drey").CombinedOutput(); err != nil {
		b.Fatalf("build: %v %s", err, out)
	}
	h := &hostile{B: b, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	h.process = exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
	out, err := h.process.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := h.process.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		h.client.CloseIdleConnections()
		_ = h.process.Process.Kill()
		_ = h.process.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	for word := range strings.FieldsSeq(line) {
		if strings.HasPrefix(word, "http://") {
			h.url = strings.TrimSuffix(word, cmf.BasePath)
		}
	}
	h.send("POST", "environments", typeJSON, `{"name":"prod","kubernetesNamespace":"x"}`)
	h.send("POST", "environments/prod/compute-pools", typeJSON, servertest.Pool("pool", "DEDICATED"))
	return h
}

const (
	typeJSON = "application/json"
	typeYAML = "application/yaml"
)

// send is one request; the status is 0 where there was no answer.
func (h *hostile) send(method, target, kind, body string) int {
	request, err := http.NewRequestWithContext(
		context.Background(), method, h.url+cmf.BasePath+"/"+target, strings.NewReader(body),
	)
	if err != nil {
		h.Error(err)
		return 0
	}
	request.Header.Set("Content-Type", kind)
	response, err := h.client.Do(request)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

// abandon sends a request and closes the connection at once.
func (h *hostile) abandon(target, kind, body string) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(
		conn, "POST %s/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		cmf.BasePath, target, kind, len(body), body,
	)
	_ = conn.Close()
}

func (h *hostile) statement(name, text string) int {
	doc, _ := json.Marshal(map[string]any{
		"apiVersion": "cmf.confluent.io/v1", "kind": "Statement", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"statement": text, "computePoolName": "pool"},
	})
	return h.send("POST", servertest.ProdStatements, typeJSON, string(doc))
}

// resident is the memory of the server in MB.
func (h *hostile) resident() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.process.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n >> 10
		}
	}
	return 0
}

// observe asks for the environments while an attack runs, at least so many
// times, and returns the 95th percentile and the most memory.
func (h *hostile) observe(least int, running <-chan struct{}) (p95 time.Duration, memory int) {
	var times []time.Duration
	for i := 0; ; i++ {
		select {
		case <-running:
			if i >= least {
				return percentile(times, 95), memory
			}
		default:
		}
		began := time.Now()
		if code := h.send("GET", "environments", typeJSON, ""); code != 200 {
			h.Errorf("GET environments: got %d", code)
			return 0, memory
		}
		times = append(times, time.Since(began))
		memory = max(memory, h.resident())
		time.Sleep(5 * time.Millisecond)
	}
}

// attacks are the requests, results and neighbours that once took a server
// down, with their sizes.
func attacks(h *hostile) map[string]func() {
	times := func(n int, format string) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, format, i)
		}
		return text.String()
	}
	env := func(name, members string) string {
		return `{"name":"` + name + `","kubernetesNamespace":"x",` + members + `}`
	}
	escapes := env("abcd", `"x":"`+strings.Repeat(`\n`, 1<<20)+`"`)
	return map[string]func(){
		"1 escapes given up": func() {
			for range 20 {
				var group sync.WaitGroup
				for range 4 {
					group.Go(func() { h.abandon("environments", typeJSON, escapes) })
				}
				group.Wait()
			}
		},
		"1 binary and merged YAML": func() {
			h.send("POST", "environments", typeYAML, "name: !!binary "+strings.Repeat("A", 400_000))
			h.send(
				"POST", "environments", typeYAML,
				"b: &b {"+times(20000, "a%d: 1, ")+"}\nx:\n  <<: ["+strings.Repeat("*b, ", 2000)+"*b]\n",
			)
		},
		"2 results that nobody fetches": func() {
			h.statement(
				"wide", "CREATE TABLE g2 (b STRING) WITH "+
					"('connector'='datagen','number-of-rows'='10000','rows-per-second'='100000000','fields.b.length'='1000')",
			)
			h.statement("repeat", "SELECT REPEAT(b,1000) FROM g2")
			h.statement("listagg", "SELECT LISTAGG(b) FROM g2")
			for i := range 10 {
				h.statement(fmt.Sprint("all-", i), "SELECT * FROM g2")
			}
			time.Sleep(8 * time.Second)
			for _, name := range append(strings.Fields(times(10, "all-%d ")), "repeat", "listagg") {
				h.send("DELETE", servertest.ProdStatements+"/"+name, typeJSON, "")
			}
		},
		"3 and 4 long lists": func() {
			h.statement("in-40000", "SELECT 1 IN ("+times(40000, "%d, ")+"0)")
			h.statement("in-100000", "SELECT 1 IN ("+times(99999, "%d, ")+"0)")
			h.statement("literal", "SELECT '"+strings.Repeat("a", 9<<20)+"'")
		},
		"5 writes beside starting applications": func() {
			var group sync.WaitGroup
			for c := range 16 {
				group.Go(func() {
					for i := range 80 {
						h.send("POST", servertest.ProdApps, typeJSON, servertest.Application(
							fmt.Sprintf("app-%d-%d", c, i), "", "",
						))
					}
				})
			}
			group.Wait()
		},
		"6 anchors, keys, search": func() {
			h.send(
				"POST", "environments", typeYAML,
				"name: anchors\nkubernetesNamespace: x\n"+times(50000, "a%[1]d: &a%[1]d 1\n"),
			)
			h.send("POST", "environments", typeJSON, env("keys", times(900_000, `"%d":1,`)+`"z":1`))
			h.statement("large", "SELECT '"+strings.Repeat("ab", 2_350_000)+"'")
			h.send(
				"GET", servertest.ProdStatements+"?searchScope=statement&search="+strings.Repeat("ab", 25_000)+"c", typeJSON, "",
			)
		},
	}
}

// BenchmarkHostile gives the 95th percentile of GET environments and the memory
// of a server that is idle, and while each attack runs.
func BenchmarkHostile(b *testing.B) {
	if _, err := exec.LookPath("go"); err != nil {
		b.Skip("builds the program")
	}
	ended := make(chan struct{})
	close(ended)
	names := []string{"0 idle"}
	for name := range attacks(nil) {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				h := newHostile(b)
				h.observe(50, ended)
				running := make(chan struct{})
				b.StartTimer()
				go func() {
					defer close(running)
					if attack := attacks(h)[name]; attack != nil {
						attack()
					}
				}()
				p95, memory := h.observe(200, running)
				b.ReportMetric(milliseconds(p95), "p95-ms")
				b.ReportMetric(float64(memory), "MB")
			}
		})
	}
}
