//go:build !windows

package tty

import (
	"io"
	"os"
	"os/exec"
	"runtime/debug"
)

// restoring is what the process that watches runs: it waits for a line that tells of a good
// end. Where the console ends without one it gives the terminal back, $1 being the sequences,
// and shows what the runtime said last.
const restoring = `trap '' INT QUIT TERM HUP TSTP TTOU
IFS= read -r said || [ -n "$said" ] || said=
[ "$said" = end ] && exit 0
rest=$(cat)
stty sane <&1 2>/dev/null
printf '%s\n' "$1"
[ -n "$said" ] && printf '%s\n' "$said" "$rest"
exit 0`

// Restore has another process give the terminal back where this one ends in a way that it
// cannot answer: killed, out of memory, or by a panic of a goroutine that nobody guards. What
// the runtime says then is shown once more, for it was written over the console's screen.
// ended is called when the terminal was given back. Without a shell nobody does it.
func (t *Terminal) Restore() (ended func()) {
	read, write, err := os.Pipe()
	if err != nil {
		return func() {}
	}
	defer read.Close()
	watch := exec.Command("/bin/sh", "-c", restoring, "sh", MouseOff+Progress{}.sequence()+leaveModes)
	watch.Stdin, watch.Stdout = read, t.out
	if err := watch.Start(); err != nil {
		_ = write.Close() // nobody reads it
		return func() {}
	}
	_ = debug.SetCrashOutput(write, debug.CrashOptions{}) // it is shown where it was written, too
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		_, _ = io.WriteString(write, "end\n") // one that was killed needs no word
		_ = write.Close()
		_ = watch.Wait()
	}
}
