// Package flinkoptions knows the options of Apache Flink's configuration: their
// names, what values they take, and what they are for. It imports nothing of
// ours. The list is not whole: a name that is not in it may be an option.
package flinkoptions

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
)

//go:embed options.tsv
var table string

// Option is one option of Flink 1.20, 2.2 or both.
type Option struct {
	Name     string
	Versions string // "1.20", "2.2" or "1.20,2.2"
	Type     string // as Flink's documentation names it: Boolean, Duration, MemorySize …
	Default  string
	About    string // one sentence
}

var options = sync.OnceValue(func() map[string]Option {
	all := map[string]Option{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(cells) == 5 && !strings.HasPrefix(line, "#") {
			all[cells[0]] = Option{cells[0], cells[1], cells[2], cells[3], cells[4]}
		}
	}
	return all
})

// Find is the option with a name.
func Find(name string) (Option, bool) {
	o, ok := options()[name]
	return o, ok
}

// Names are all that are known, in no order.
func Names() []string {
	names := make([]string, 0, len(options()))
	for name := range options() {
		names = append(names, name)
	}
	return names
}

// Nearest is the known name that one was probably meant to be; ok is false when
// the name is known, or near to none.
func Nearest(name string) (nearest string, ok bool) {
	if _, known := options()[name]; known {
		return "", false
	}
	return Nearby(name, Names())
}

// Nearby is the one of several names that another was probably meant to be: at
// most two letters off, and not more than a third of it.
func Nearby(name string, names []string) (nearest string, ok bool) {
	best := min(2, len(name)/3) + 1
	for _, known := range names {
		if d := len(known) - len(name); d >= best || -d >= best {
			continue
		}
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(known))
		if d < best || d == best && nearest != "" && known < nearest {
			best, nearest = d, known
		}
	}
	return nearest, nearest != ""
}

var (
	duration = regexp.MustCompile(
		`^(?i)\s*\d+\s*(` +
			`d|day|days|h|hour|hours|m|min|minute|minutes|s|sec|secs|second|seconds|` +
			`ms|milli|millis|millisecond|milliseconds|µs|micro|micros|microsecond|microseconds|` +
			`ns|nano|nanos|nanosecond|nanoseconds` +
			`)?\s*$`,
	)
	period = regexp.MustCompile(`^(?i)[-+]?P(\d+D)?(T(\d+H)?(\d+M)?([\d.]+S)?)?$`)
	size   = regexp.MustCompile(
		`^(?i)\s*\d+\s*(b|bytes|k|kb|kibibytes|m|mb|mebibytes|g|gb|gibibytes|t|tb|tebibytes)?\s*$`,
	)
)

// Fault says what is wrong with a value of an option, "" where nothing is, or
// nothing is known.
func (o Option) Fault(value string) string {
	value = strings.TrimSpace(value)
	ok := true
	want := ""
	switch o.Type {
	case "Boolean":
		ok, want = strings.EqualFold(value, "true") || strings.EqualFold(value, "false"), "true or false"
	case "Integer", "Long":
		_, err := strconv.ParseInt(value, 10, 64)
		ok, want = err == nil, "a whole number"
	case "Double", "Float":
		_, err := strconv.ParseFloat(value, 64)
		ok, want = err == nil, "a number"
	case "Duration":
		ok, want = duration.MatchString(value) || period.MatchString(value), "a time such as 10 s or 5 min"
	case "MemorySize":
		ok, want = size.MatchString(value), "a size such as 512 mb or 2 gb"
	}
	if ok {
		return ""
	}
	return "want " + want
}
