package load

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

// TestTenThousandConnectionsHoldNobodyUp has a server in a process of its own
// answer a request on each of 10,000 connections that all stay, and then those
// who come after. Where the machine lets a process have fewer files, there are
// as many connections as it lets.
func TestTenThousandConnectionsHoldNobodyUp(t *testing.T) {
	if testing.Short() {
		t.Skip("opens 10,000 connections")
	}
	many := 10_000
	var files syscall.Rlimit // Go has raised it to the most there may be
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	if spare := 200; files.Cur < uint64(many+spare) {
		many = int(files.Cur) - spare
		t.Logf("this machine lets a process have %d files: %d connections", files.Cur, many)
	}
	cmd, url := servertest.Victim(t, filepath.Join(t.TempDir(), "data"))
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	address := strings.TrimPrefix(url, "http://")
	before := openFiles(t, cmd.Process.Pid)
	connections := make([]net.Conn, many)
	var group sync.WaitGroup
	for dialler := range 16 {
		group.Go(func() {
			for i := dialler; i < many; i += 16 {
				connections[i] = servertest.Dial(t, address)
				ask(t, connections[i])
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	if there, here := openFiles(t, cmd.Process.Pid)-before, openFiles(t, os.Getpid()); there < many || here < many {
		t.Errorf("the server has %d connections and the client %d, want %d", there, here, many)
	}
	began := time.Now()
	for i := range 200 { // of strangers, and of those who have waited
		ask(t, servertest.Dial(t, address))
		ask(t, connections[i*many/200])
	}
	took := time.Since(began) / 400
	if took > 50*time.Millisecond {
		t.Errorf("one answer takes %s beside %d connections", took, many)
	}
	t.Logf("%d connections: %s an answer; the server has %s", many, took, residentOf(t, cmd.Process.Pid))
}

// ask sends a request on a connection and reads its answer.
func ask(t *testing.T, conn net.Conn) {
	t.Helper()
	if conn == nil {
		return
	}
	if err := conn.SetDeadline(time.Now().Add(servertest.Patience)); err != nil {
		t.Error(err)
	}
	_, err := fmt.Fprintf(conn, "GET %s/environments HTTP/1.1\r\nHost: localhost\r\n\r\n", cmf.BasePath)
	if err != nil {
		t.Error(err)
		return
	}
	response, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
	if err != nil {
		t.Error(err)
		return
	}
	_, err = io.Copy(io.Discard, response.Body)
	if _ = response.Body.Close(); err != nil || response.StatusCode != 200 {
		t.Errorf("got %d, %v", response.StatusCode, err)
	}
}

// openFiles counts those of a process.
func openFiles(t *testing.T, process int) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", process))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// residentOf is the memory of a process.
func residentOf(t *testing.T, process int) string {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}
