package tty

import "strconv"

// Progress is what a terminal shows of an action beside the picture, such as in its
// tab or in the task bar. Its zero value is nothing.
type Progress struct {
	On      bool
	Percent int // from 0 to 100; below 0 where it is not known
}

// sequence is OSC 9;4 of it.
func (p Progress) sequence() string {
	switch {
	case !p.On:
		return "\x1b]9;4;0\x07"
	case p.Percent < 0:
		return "\x1b]9;4;3\x07"
	}
	return "\x1b]9;4;1;" + strconv.Itoa(min(p.Percent, 100)) + "\x07"
}
