package tty

import (
	"bytes"
	"os"
	"regexp"
	"strconv"

	"drey/themes"
)

// AskGround asks the terminal for the colour of its background (OSC 11). Nobody
// waits for the answer, which comes among the keys, or never.
const AskGround = "\x1b]11;?\x1b\\"

// GroundMsg tells what the terminal's background is.
type GroundMsg struct{ Ground themes.Ground }

// GroundReader is the terminal's input without the answer to AskGround. Being a
// file it can be waited for as such.
type GroundReader struct {
	*os.File
	Tell func(themes.Ground)
	take GroundAnswer
}

// Read gives keys as they come, none when all that came was the answer or its
// first part. p has to hold more than groundLength bytes.
func (r *GroundReader) Read(p []byte) (int, error) {
	n, err := r.File.Read(p[:len(p)-len(r.take.Begun)])
	if n <= 0 {
		return n, err
	}
	rest, ground := r.take.From(p[:n])
	if ground != themes.UnknownGround {
		r.Tell(ground)
	}
	return copy(p, rest), err
}

// GroundAnswer finds the answer in what is read, also when it comes in parts.
// Once it was found it looks no further.
type GroundAnswer struct {
	Begun []byte // the first part of an answer whose rest is to come
	Found bool
}

var (
	GroundColour = regexp.MustCompile(
		`\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})[^\x07\x1b]{0,8}(?:\x07|\x1b\\)`,
	)
	groundBegins = []byte("\x1b]11;rgb")
)

// groundLength is how long an answer is at most.
const groundLength = 48

// From returns b without the answer.
func (a *GroundAnswer) From(b []byte) (rest []byte, ground themes.Ground) {
	if a.Found {
		return b, themes.UnknownGround
	}
	b = append(bytes.Clone(a.Begun), b...)
	a.Begun = nil
	if m := GroundColour.FindSubmatchIndex(b); m != nil {
		a.Found = true
		ground = themes.GroundOfColour(channel(b[m[2]:m[3]]), channel(b[m[4]:m[5]]), channel(b[m[6]:m[7]]))
		return append(bytes.Clone(b[:m[0]]), b[m[1]:]...), ground
	}
	// A lone escape at the end is a key: the answer begins with more than that.
	if at := bytes.LastIndexByte(b, 0x1b); at >= 0 {
		if at > 0 && at == len(b)-1 { // perhaps the first half of the answer's end
			at = max(bytes.LastIndexByte(b[:at], 0x1b), 0)
		}
		tail := b[at:]
		begins := len(tail) > 2 && (bytes.HasPrefix(tail, groundBegins) || bytes.HasPrefix(groundBegins, tail))
		if begins && len(tail) < groundLength {
			a.Begun = bytes.Clone(tail)
			return b[:at], themes.UnknownGround
		}
	}
	return b, themes.UnknownGround
}

// channel is a channel of 1 to 4 hexadecimal digits, from 0 to 1.
func channel(digits []byte) float64 {
	v, _ := strconv.ParseUint(string(digits), 16, 16) // the pattern has matched
	return float64(v) / float64(uint64(1)<<(4*len(digits))-1)
}
