// Package quiet keeps Bubble Tea v1 from asking the terminal for its background
// colour in an init (its tea_init.go), for which a program waits up to five
// seconds where the terminal does not answer. While packages are initialised it
// has the environment say that this is no terminal (the variable CI); Restore
// takes that back.
//
// It must be initialised before Bubble Tea. Go takes the packages that are ready
// in the order of their paths; this one is ready before the package time is,
// which Bubble Tea waits for, because it imports nothing but syscall. So the
// module may have any name that comes before "time".
package quiet

import "syscall"

// variable is what termenv reads; "" is as good as none to it.
const variable = "CI"

var value, found = syscall.Getenv(variable)

func init() { _ = syscall.Setenv(variable, "true") } // a name without = does not fail

// Restore gives the environment back what it said before.
func Restore() {
	if found {
		_ = syscall.Setenv(variable, value)
	} else {
		_ = syscall.Unsetenv(variable)
	}
}
