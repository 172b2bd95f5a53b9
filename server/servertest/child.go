package servertest

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"drey/server"
)

// childDir has a test binary serve a folder in place of its tests.
const childDir = "DREY_KILL_TEST_DIR"

// childOfKillTest serves until it is killed, when this process is the server that victim
// started.
func childOfKillTest() bool {
	dir := os.Getenv(childDir)
	if dir == "" {
		return false
	}
	signal.Ignore(syscall.Signal(25)) // SIGXFSZ: a write beyond a limit is to fail
	s, err := server.Open(context.Background(), server.Config{
		Listen: "127.0.0.1:0", Data: dir, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		fmt.Println("error:", err)
		return true
	}
	fmt.Println(s.URL())
	if err := s.Run(context.Background()); err != nil {
		fmt.Println("error:", err)
	}
	return true
}

// Victim starts this test binary as a server, through other commands if need be.
func Victim(t *testing.T, dir string, through ...string) (*exec.Cmd, string) {
	t.Helper()
	words := append(through, os.Args[0], "-test.run=^$")
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("server says %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

// Patience is how long a server may take for its next write.
const Patience = 30 * time.Second
