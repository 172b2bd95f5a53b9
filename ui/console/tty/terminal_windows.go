package tty

import "os"

// OwnScreen: the standard renderer knows the Windows console.
const OwnScreen = false

func endSignals() []os.Signal { return []os.Signal{os.Interrupt} }

func resizeSignals() []os.Signal { return nil }

func isResize(os.Signal) bool { return false }

func isKey(os.Signal) bool { return false }

func isDump(os.Signal) bool { return false }

func dumpStacks(os.Signal) {}

func stopProcess() error { return nil }
