//go:build unix

package client

import (
	"os/exec"
	"syscall"
)

// endWithChildren has the end of cmd end what it has started, too.
func endWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
