//go:build unix

package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAProgramThatNeverEndsIsEnded with what it has started.
func TestAProgramThatNeverEndsIsEnded(t *testing.T) {
	dir := t.TempDir()
	path, pids := filepath.Join(dir, "helper"), filepath.Join(dir, "pids")
	script := fmt.Sprintf("#!/bin/sh\necho secret\nsleep 1000 &\necho $! >%q\nwait\n", pids)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	c := &secretCommand{
		read: oneLine, what: "token", argv: []string{path}, turn: make(chan struct{}, 1), timeout: 300 * time.Millisecond,
	}
	_, err := c.get(t.Context(), false)
	if err == nil || !strings.Contains(err.Error(), "token command helper did not end within 300ms") ||
		strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	data, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 { // until whoever inherits it has seen its end
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil ||
			strings.Contains(string(stat), ") Z ") {
			return
		}
		if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("process %d, which the program started, lives on", pid)
}

// TestAProgramIsNotWaitedForAfterCancel gives up with whoever asked.
func TestAProgramIsNotWaitedForAfterCancel(t *testing.T) {
	c := &secretCommand{
		read: oneLine, what: "token", argv: []string{"sleep", "1000"}, turn: make(chan struct{}, 1), timeout: commandTimeout,
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := c.get(ctx, false); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
