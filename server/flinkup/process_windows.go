package flinkup

import (
	"os"
	"os/exec"
)

func detach(*exec.Cmd) {}

func signalEnd(pid int) error { return signalKill(pid) }

func signalKill(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return nil
	}
	return p.Kill()
}

// Alive reports whether there is a process with this id.
func (p Process) Alive() bool {
	_, err := os.FindProcess(p.PID)
	return err == nil
}

// Memory is unknown here.
func (p Process) Memory() int64 { return 0 }
