package console

import "os"

// ownScreen: the standard renderer knows the Windows console.
const ownScreen = false

func endSignals() []os.Signal { return []os.Signal{os.Interrupt} }

func resizeSignals() []os.Signal { return nil }

func isResize(os.Signal) bool { return false }

func stopProcess() error { return nil }
