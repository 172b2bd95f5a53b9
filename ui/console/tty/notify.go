package tty

import "drey/views/clean"

// How a terminal is told that a long action has ended while nobody looked.
const (
	NotifyOff  = "off"
	NotifyBell = "bell"
	NotifyOSC9 = "osc9" // the terminal shows a notification of the system
)

// Notification rings, or shows text. A text that began with a digit would be taken
// for another sequence.
func Notification(how, text string) string {
	switch how {
	case NotifyBell:
		return "\x07"
	case NotifyOSC9:
		return "\x1b]9;drey: " + clean.Cut(clean.Text(text), 120, "…") + "\x07"
	}
	return ""
}
