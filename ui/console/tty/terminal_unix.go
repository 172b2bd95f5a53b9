//go:build !windows

package tty

import (
	"os"
	"os/signal"
	"syscall"
)

// OwnScreen: terminals here take sequences and tell their size by a signal.
const OwnScreen = true

func endSignals() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
}

// isDump tells a signal after which Go shows the stacks of all goroutines.
func isDump(s os.Signal) bool { return s == syscall.SIGQUIT }

// dumpStacks has Go do with a signal what it does without us.
func dumpStacks(s os.Signal) {
	signal.Reset(s)
	_ = syscall.Kill(syscall.Getpid(), s.(syscall.Signal)) // one's own process takes it
	select {}                                              // it ends here
}

// isKey tells a signal that a terminal sends to all of its programs when a key is pressed.
func isKey(s os.Signal) bool { return s == syscall.SIGINT || s == syscall.SIGQUIT }

func resizeSignals() []os.Signal { return []os.Signal{syscall.SIGWINCH} }

func isResize(s os.Signal) bool { return s == syscall.SIGWINCH }

// stopProcess stops the process group as a shell's ctrl-z does, until it is
// continued.
func stopProcess() error {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	<-continued
	return nil
}
