// Package yaml writes JSON documents as YAML without losing anything: members
// keep their order and numbers their digits.
package yaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// FromJSON writes a JSON document as YAML.
func FromJSON(raw []byte) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var w writer
	token, err := dec.Token()
	if err == nil {
		err = w.value(dec, token, 0, true)
	}
	if err != nil {
		return "", fmt.Errorf("read JSON: %w", err)
	}
	return w.b.String(), nil
}

const maxDepth = 200

type writer struct {
	b strings.Builder
}

// value writes what token begins. inline tells that the line is already begun.
func (w *writer) value(dec *json.Decoder, token json.Token, depth int, atStart bool) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return w.object(dec, depth, atStart)
		}
		return w.array(dec, depth, atStart)
	case string:
		w.text(v, depth)
	case json.Number:
		w.b.WriteString(v.String() + "\n")
	case bool:
		fmt.Fprintf(&w.b, "%v\n", v)
	default:
		w.b.WriteString("null\n")
	}
	return nil
}

// object writes members; atStart tells that the first one goes on this line.
func (w *writer) object(dec *json.Decoder, depth int, atStart bool) error {
	if !dec.More() {
		w.b.WriteString("{}\n")
		_, err := dec.Token()
		return err
	}
	if !atStart {
		w.b.WriteByte('\n')
	}
	for first := true; dec.More(); first = false {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		if !first || !atStart {
			w.indent(depth)
		}
		w.b.WriteString(scalar(name.(string)) + ":")
		token, err := dec.Token()
		if err != nil {
			return err
		}
		if err := w.member(dec, token, depth); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (w *writer) member(dec *json.Decoder, token json.Token, depth int) error {
	if d, ok := token.(json.Delim); ok {
		if !dec.More() {
			w.b.WriteByte(' ')
		}
		if d == '[' {
			return w.array(dec, depth, false)
		}
		return w.value(dec, token, depth+1, false)
	}
	w.b.WriteByte(' ')
	return w.value(dec, token, depth+1, false)
}

// array writes items at the depth of the member that holds them.
func (w *writer) array(dec *json.Decoder, depth int, atStart bool) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	if !dec.More() {
		w.b.WriteString("[]\n")
		_, err := dec.Token()
		return err
	}
	if !atStart {
		w.b.WriteByte('\n')
	}
	for first := true; dec.More(); first = false {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		if !first || !atStart {
			w.indent(depth)
		}
		w.b.WriteString("- ")
		if err := w.value(dec, token, depth+1, true); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (w *writer) indent(depth int) {
	for range depth {
		w.b.WriteString("  ")
	}
}

// text writes a string; one of several lines as a block, when a block can hold it.
func (w *writer) text(s string, depth int) {
	if !strings.Contains(s, "\n") || !blockable(s) {
		w.b.WriteString(scalar(s) + "\n")
		return
	}
	chomp := "-"
	if strings.HasSuffix(s, "\n") {
		chomp = ""
		s = strings.TrimSuffix(s, "\n")
	}
	w.b.WriteString("|" + chomp + "\n")
	for line := range strings.SplitSeq(s, "\n") {
		if line != "" {
			w.indent(max(depth, 1))
			w.b.WriteString(line)
		}
		w.b.WriteByte('\n')
	}
}

// blockable: no control characters, no blank where YAML would read meaning.
func blockable(s string) bool {
	if strings.HasSuffix(s, "\n\n") || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") || s == "\n" {
		return false
	}
	for _, r := range s {
		if r != '\n' && !printable(r) {
			return false
		}
	}
	return true
}

func printable(r rune) bool {
	return r >= 0x20 && r < 0x7f || r >= 0xa0 && r != 0xfeff && r != 0xfffd && r != 0x2028 && r != 0x2029
}

var (
	plain    = regexp.MustCompile(`^[A-Za-z0-9_./$(<][A-Za-z0-9_./$()+*=<>@%~^ ,:;{}\[\]|&!?#'"\\-]*$`)
	numeric  = regexp.MustCompile(`^[-+.]?[0-9][0-9_.,:eExXoOa-fA-F+-]*$`)
	reserved = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|~|\.inf|\.nan|)$`)
)

// scalar writes a string on one line, quoted where YAML would read it as
// something else.
func scalar(s string) string {
	ok := plain.MatchString(s) && !numeric.MatchString(s) && !reserved.MatchString(s) &&
		!strings.Contains(s, ": ") && !strings.Contains(s, " #") && !strings.HasSuffix(s, ":") && !strings.HasSuffix(
		s, " ",
	) &&
		!strings.HasPrefix(s, "...")
	if ok {
		return s
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return escapeUnprintable(strings.TrimSuffix(buf.String(), "\n"))
}

// escapeUnprintable writes what JSON allows in a string and YAML does not as an
// escape that both read.
func escapeUnprintable(quoted string) string {
	var b strings.Builder
	for _, r := range quoted {
		switch {
		case printable(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
