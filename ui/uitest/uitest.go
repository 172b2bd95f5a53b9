// Package uitest drives a whole screen without a terminal: it presses keys,
// runs the commands that come of them, and waits for what the screen shows.
package uitest

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/clean"
)

var update = flag.Bool("update", false, "write golden files")

// Deadline is how long WaitFor waits.
const Deadline = 60 * time.Second

const (
	restTime  = 400 * time.Millisecond // nothing came for so long: no command is under way
	lookEvery = 50 * time.Millisecond
)

// Driver is a program under test. Its methods are for the test's goroutine.
type Driver struct {
	t    testing.TB
	root tea.Model
	msgs chan tea.Msg
	done chan struct{}
	wg   sync.WaitGroup
	quit bool
	// Scrub replaces what differs from run to run; it must keep widths.
	Scrub func(string) string
}

// New starts root on a screen of width times height cells. The test's end stops
// it; if root has a Close method it is called.
func New(t testing.TB, root tea.Model, width, height int) *Driver {
	t.Helper()
	d := &Driver{t: t, root: root, msgs: make(chan tea.Msg), done: make(chan struct{}), Scrub: ScrubIDs}
	t.Cleanup(d.stop)
	d.Send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(root.Init())
	return d
}

func (d *Driver) stop() {
	close(d.done)
	if c, ok := d.root.(interface{ Close() }); ok {
		c.Close()
	}
	d.wg.Wait()
}

// Run performs a command as one of the program's.
func (d *Driver) Run(cmd tea.Cmd) { d.run(cmd) }

// run starts a command; what it gives comes back through msgs.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.wg.Go(func() { d.perform(cmd) })
}

// perform runs a command and those that it batches or sequences.
func (d *Driver) perform(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	msg := views.Run(cmd)
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, c := range batch {
			d.run(c)
		}
		return
	}
	if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice &&
		v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			d.perform(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	if msg == nil {
		return
	}
	select {
	case d.msgs <- msg:
	case <-d.done:
	}
}

// Send gives a message to the program.
func (d *Driver) Send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	_, cmd := d.root.Update(msg)
	d.run(cmd)
}

// Press presses keys by name: "j", "enter", "ctrl+d".
func (d *Driver) Press(keys ...string) {
	for _, k := range keys {
		d.Send(keymap.Message(k))
	}
}

// Type types text, letter by letter.
func (d *Driver) Type(text string) {
	for _, r := range text {
		d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}

// WaitFor handles messages until cond holds for the plain screen; at the
// deadline the test fails and shows the screen.
func (d *Driver) WaitFor(cond func(screen string) bool) {
	d.t.Helper()
	deadline := time.NewTimer(Deadline)
	defer deadline.Stop()
	look := time.NewTicker(lookEvery) // what cond looks at need not come as a message
	defer look.Stop()
	for !cond(d.Screen()) {
		select {
		case msg := <-d.msgs:
			d.Send(msg)
		case <-look.C:
		case <-deadline.C:
			d.t.Fatalf("the screen never came to show what was waited for:\n%s", d.Screen())
		}
	}
}

// WaitForText waits until every text is on the screen.
func (d *Driver) WaitForText(texts ...string) {
	d.t.Helper()
	d.WaitFor(func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// WaitForQuit waits until the program has quit.
func (d *Driver) WaitForQuit() {
	d.t.Helper()
	d.WaitFor(func(string) bool { return d.quit })
}

// Screen is what is shown, without styles.
func (d *Driver) Screen() string { return clean.Plain(d.Coloured()) }

// Coloured is what is shown, with styles.
func (d *Driver) Coloured() string { return d.root.View() }

// Line is the first line of the screen that holds text, "" when none does.
func (d *Driver) Line(text string) string {
	for line := range strings.SplitSeq(d.Screen(), "\n") {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// Golden compares the screen with testdata/NAME.golden, and with its styles with
// testdata/NAME.ansi; -update writes them. What is still to come may come: it handles
// messages until the screen is the one wanted, and fails when it never is.
func (d *Driver) Golden(name string) {
	d.t.Helper()
	d.golden(goldenDeadline, func() []picture {
		coloured := d.scrubbed(d.Coloured())
		return []picture{
			newPicture(name+".golden", clean.Plain(coloured)),
			newPicture(name+".ansi", strings.ReplaceAll(coloured, "\x1b", "␛")),
		}
	})
}

// GoldenText compares text with testdata/NAME.golden; -update writes it.
func (d *Driver) GoldenText(name, text string) {
	d.t.Helper()
	d.golden(0, func() []picture { return []picture{newPicture(name+".golden", d.scrubbed(text))} })
}

// interval is how often lists are asked: how busy the machine is decides it.
var interval = regexp.MustCompile(`\blive \d(\d*)s\b((?:\x1b\[[0-9;]*m)*)`)

// scrubInterval has the same interval always, and what is right of it where it would be.
func scrubInterval(s string) string {
	return interval.ReplaceAllStringFunc(s, func(found string) string {
		m := interval.FindStringSubmatch(found)
		return "live 2s" + m[2] + strings.Repeat(" ", len(m[1]))
	})
}

func (d *Driver) scrubbed(s string) string { return scrubInterval(d.Scrub(s)) }

// picture is what a file of testdata has to hold.
type picture struct{ path, text string }

func newPicture(name, text string) picture {
	return picture{filepath.Join("testdata", name), strings.TrimRight(text, "\n") + "\n"}
}

func (p picture) write() error {
	if err := os.MkdirAll(filepath.Dir(p.path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(p.path, []byte(p.text), 0o644)
}

// goldenDeadline is how long a screen may take to become the one that is wanted.
const goldenDeadline = 20 * time.Second

func (d *Driver) golden(limit time.Duration, draw func() []picture) {
	d.t.Helper()
	var wanted []string
	for _, p := range draw() {
		if *update {
			if err := p.write(); err != nil {
				d.t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(p.path)
		if err != nil {
			d.t.Fatalf("%v (run with -update)", err)
		}
		wanted = append(wanted, string(text))
	}
	if *update {
		return
	}
	same := func() bool {
		return !slices.ContainsFunc(draw(), func(p picture) bool { return !slices.Contains(wanted, p.text) })
	}
	for began := time.Now(); !same(); {
		if time.Since(began) > limit {
			break
		}
		d.Drain(50 * time.Millisecond)
	}
	for i, p := range draw() { // none differs when it became the one wanted
		if p.text != wanted[i] {
			d.t.Errorf("%s differs (-update accepts):\n%s", p.path, firstDifference(wanted[i], p.text))
		}
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return "line " + string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10)) + "\n got " + b + "\nwant " + a
		}
	}
	return "no line"
}

var (
	uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	hex   = regexp.MustCompile(`\b[0-9a-f]*[0-9][0-9a-f]*[a-f][0-9a-f]*\b`)
	ports = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// ScrubIDs replaces ids and ports by as many signs, and how often a list is asked for.
func ScrubIDs(s string) string {
	s = scrubInterval(s)
	s = uuids.ReplaceAllStringFunc(s, func(id string) string { return strings.Repeat("#", len(id)) })
	s = ports.ReplaceAllStringFunc(s, func(p string) string { return strings.Repeat("#", len(p)) })
	return hex.ReplaceAllStringFunc(s, func(id string) string {
		if len(id) < 8 {
			return id
		}
		return strings.Repeat("#", len(id))
	})
}

// WaitIdle waits until no command is under way but those that only wait for their
// time: nothing came for a moment.
func (d *Driver) WaitIdle() {
	d.t.Helper()
	deadline := time.Now().Add(Deadline)
	quiet := time.NewTimer(restTime)
	defer quiet.Stop()
	for time.Now().Before(deadline) {
		select {
		case msg := <-d.msgs:
			d.Send(msg)
			quiet.Reset(restTime)
		case <-quiet.C:
			return
		}
	}
	d.t.Fatalf("messages never came to rest:\n%s", d.Screen())
}

// HasQuit tells whether the program has quit.
func (d *Driver) HasQuit() bool { return d.quit }

// Model is the program under test.
func (d *Driver) Model() tea.Model { return d.root }

// Drain handles messages until none came for so long.
func (d *Driver) Drain(quiet time.Duration) {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		select {
		case msg := <-d.msgs:
			d.Send(msg)
			timer.Reset(quiet)
		case <-timer.C:
			return
		}
	}
}

// Within handles messages until cond holds, and tells whether it came to hold in
// that time.
func (d *Driver) Within(limit time.Duration, cond func() bool) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	look := time.NewTicker(2 * time.Millisecond) // what cond looks at need not come as a message
	defer look.Stop()
	for !cond() {
		select {
		case msg := <-d.msgs:
			d.Send(msg)
		case <-look.C:
		case <-deadline.C:
			return cond()
		}
	}
	return true
}

// Resize changes the size of the screen.
func (d *Driver) Resize(width, height int) { d.Send(tea.WindowSizeMsg{Width: width, Height: height}) }

// CheckSize fails the test unless the screen has exactly height lines, none
// wider than width.
func (d *Driver) CheckSize(width, height int) {
	d.t.Helper()
	lines := strings.Split(d.Coloured(), "\n")
	if len(lines) != height {
		d.t.Errorf("at %dx%d: got %d lines", width, height, len(lines))
	}
	for i, line := range lines {
		if w := clean.Width(line); w > width {
			d.t.Errorf("at %dx%d: line %d has %d cells: %q", width, height, i, w, clean.Plain(line))
		}
	}
}
